import { registry } from "@web/core/registry";

const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });

/** The advisor hands a car over: its follow-up is planned. */
registry.category("web_tour.tours").add("aftersales_deliver_visit", {
    url: "/odoo/aftersales-visits",
    steps: () => [
        click("Open the visit", ".o_data_cell[name=partner_id]:contains('Zhang San')"),
        click("Deliver the car", "button[name=action_deliver]"),
        look(
            "The visit is delivered",
            ".o_statusbar_status .o_arrow_button_current:contains('Delivered')"
        ),
        look(
            "Its follow-up is planned",
            ".oe_stat_button .o_field_widget[name=followup_count]:contains('1')"
        ),
    ],
});

/** The officer finds it in Odoo's own reminders and works through the calls. */
registry.category("web_tour.tours").add("aftersales_work_calls", {
    url: "/odoo",
    steps: () => [
        click("Open the reminders", ".o_menu_systray .o-mail-ActivityMenu-counter, .o_menu_systray i[aria-label='Activities']"),
        look("The follow-ups are among them", ".o-mail-ActivityGroup:contains('Follow-up')"),
        click("Close the reminders", ".o_menu_systray .o-mail-ActivityMenu-counter, .o_menu_systray i[aria-label='Activities']"),
        click("Go to the apps", ".o_navbar_apps_menu button, .o_main_navbar .o_menu_toggle"),
        click("Open After-Sales", ".o_app[data-menu-xmlid='aftersales_followup.aftersales_followup_menu_root']"),
        click("Start with the first customer", "button[name=action_start_calling]"),
        look("The script is on the screen", ".o_field_widget[name=script]:contains('Regal')"),
        look("The number can be dialled", ".o_field_widget[name=phone] a[href^='tel:']"),
        ...["The brakes squeak", "All is well", "Would like winter tyres"].flatMap(
            (words, index) => [
                look(
                    `${3 - index} customers are left`,
                    `.o_field_widget[name=progress]:contains('${index} of 3 today')`
                ),
                click(
                    "The customer was reached",
                    ".o_field_widget[name=outcome_id] span:contains('Reached')"
                ),
                {
                    content: "Note what was said",
                    trigger: ".o_field_widget[name=content] textarea",
                    run: `edit ${words}`,
                },
                click("Register & next", "button[name=action_register_and_next]"),
            ]
        ),
        look("No more calls", ".o_notification:contains('No more calls')"),
        look("The list is empty", ".o_view_nocontent:contains('No calls left')"),
    ],
});

/** The supervisor prints the register of the month. */
registry.category("web_tour.tours").add("aftersales_print_register", {
    url: "/odoo/aftersales-calls",
    steps: () => [
        click("Open the registers", ".o_menu_sections button:contains('Registers')"),
        click(
            "Print one",
            ".o-dropdown--menu [data-menu-xmlid='aftersales_followup.aftersales_register_print_menu']"
        ),
        look(
            "The entries are counted",
            ".modal .o_field_widget[name=entry_count]:contains('3')"
        ),
        click("Print", ".modal button[name=action_print_pdf]"),
        look("Printed without an error", "body:not(:has(.o_error_dialog))"),
    ],
});
