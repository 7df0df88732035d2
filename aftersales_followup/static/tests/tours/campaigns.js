import { registry } from "@web/core/registry";

/**
 * A campaign from the idea to the figures (规定 6), by people who work in Chinese:
 * nothing here looks for an English word.
 */
const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });
const edit = (content, trigger, text) => ({ content, trigger, run: `edit ${text}` });
const figure = (name, count) =>
    look(
        `${count}: ${name}`,
        `.oe_stat_button .o_field_widget[name=${name}]:contains('${count}')`
    );
const bar = (name, count) =>
    look(
        `A bar of ${count}: ${name}`,
        `.o_notebook .o_field_widget[name=${name}] .o_progress[aria-valuenow='${count}']`
    );

/** The supervisor makes a campaign, sees whom it is for, and confirms it. */
registry.category("web_tour.tours").add("aftersales_confirm_campaign", {
    url: "/odoo/aftersales-campaigns",
    steps: () => [
        click("Make a campaign", ".o_list_button_add"),
        edit("Name it", ".o_field_widget[name=name] input", "免费检测周"),
        edit("It begins in a month", ".o_field_widget[name=date_begin] input", "+30d"),
        edit("Tell where", ".o_field_widget[name=venue] input", "二号车间"),
        edit(
            "Tell what it is about",
            ".o_field_widget[name=description] textarea",
            "免费检测刹车和轮胎"
        ),
        click("See whom it is for", ".nav-link[name=audience]"),
        look("Three customers", ".o_field_widget[name=contact_count]:contains('3')"),
        click("Confirm", "button[name=action_confirm_stepwise]:visible"),
        click("Yes, plan the calls", ".modal-footer .btn-primary"),
        look(
            "It is confirmed",
            ".o_statusbar_status .o_arrow_button_current[data-value=confirmed]"
        ),
        figure("planned_count", 3),
        look(
            "Planning is finished",
            ".o_form_view:not(:has(.o_aftersales_batch_progress))"
        ),
    ],
});

/** The officer tells a customer, who comes and wants it in writing. */
registry.category("web_tour.tours").add("aftersales_tell_of_campaign", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        click("Start calling", "button[name=action_start_calling]"),
        look(
            "It is about the campaign",
            ".o_field_widget[name=campaign_id]:contains('免费检测周')"
        ),
        look("And where it is", ".o_field_widget[name=campaign_venue]:contains('二号车间')"),
        look(
            "And what it is about",
            ".o_field_widget[name=campaign_description]:contains('免费检测刹车')"
        ),
        click(
            "The customer was reached",
            ".o_field_widget[name=outcome_id] .o_selection_badge:eq(0)"
        ),
        click(
            "And is coming",
            ".o_field_widget[name=campaign_reply] .o_selection_badge:eq(0)"
        ),
        edit("Note it", ".o_field_widget[name=content] textarea", "周六上午来"),
        click("A letter is needed", ".o_field_widget[name=letter_needed] input"),
        click("Register", "button[name=action_register]:visible"),
        look(
            "It is registered",
            ".o_statusbar_status .o_arrow_button_current[data-value=registered]"
        ),
        click("Write the letter", "button[name=action_write_letter]"),
        look(
            "It is about the campaign",
            ".o_field_widget[name=body]:contains('免费检测周')"
        ),
        click("Register and send it", "button[name=action_register]"),
        look("It has a number", ".o_field_widget[name=number]:contains('-000001')"),
        look("It was sent", ".o_field_widget[name=date_sent]"),
    ],
});

/** The supervisor sees what became of it, and who is coming. */
registry.category("web_tour.tours").add("aftersales_see_campaign_results", {
    url: "/odoo/aftersales-campaigns",
    steps: () => [
        click("Look at the cards", ".o_switch_view.o_kanban"),
        click(
            "Open the campaign",
            ".o_kanban_record:contains('免费检测周')"
        ),
        figure("planned_count", 3),
        figure("called_count", 1),
        figure("reached_count", 1),
        figure("coming_count", 1),
        click("See the bars", ".nav-link[name=results]"),
        bar("letter_count", 1),
        bar("came_count", 0),
        click("See who is coming", "button[name=action_open_coming]"),
        click(
            "The customer came, without the car",
            ".o_data_cell[name=came] .o_boolean_toggle"
        ),
        look("It is noted", ".o_data_cell[name=came] input:checked"),
    ],
});
