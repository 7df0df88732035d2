import { registry } from "@web/core/registry";

/**
 * What rules 5, 7 and 8 and the one about stand-ins (四) say, screen by screen. Nothing
 * here looks for a word of the screens, so that they may speak Chinese.
 */
const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });
const edit = (content, trigger, text) => ({ content, trigger, run: `edit ${text}` });

const callFirst = () =>
    click("Call the customer", ".o_data_row:contains('Zhang San') button[name=action_call]");
const outcome = (content, place) =>
    click(
        content,
        `.o_field_widget[name=outcome_id] .o_selection_badge:eq(${place - 1})`
    );
const note = (text) => edit("Note what was said", "div[name=content] textarea", text);
const register = () => click("Register", "button[name=action_register]:visible");
const numbered = () =>
    look("It is in the register", ".o_field_widget[name=number]:contains('-0000')");
const choose = (field, text) => [
    edit(`Look for ${text}`, `.o_field_widget[name=${field}] input`, text),
    click(`Choose ${text}`, `.o-autocomplete--dropdown-item:contains('${text}')`),
];

/** 规定 5: the second contact does not repeat the first. */
registry.category("web_tour.tours").add("aftersales_second_contact", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        callFirst(),
        look(
            "What was talked about is on the screen",
            ".o_field_widget[name=discussed_topic_ids] .o_tag:contains('Winter Tyres')"
        ),
        look("Nothing is repeated yet", "body:not(:has([name=repeated_topic_ids] .o_tag))"),
        edit(
            "Talk about it again",
            ".o_field_widget[name=topic_ids] input",
            "Winter Tyres"
        ),
        click("Choose it", ".o-autocomplete--dropdown-item:contains('Winter Tyres')"),
        look(
            "That would be a repetition",
            ".alert-warning .o_field_widget[name=repeated_topic_ids]:contains('Winter Tyres')"
        ),
        click(
            "Leave it",
            ".o_field_widget[name=topic_ids] .o_tag:contains('Winter Tyres') .o_delete"
        ),
        outcome("The customer was reached", 1),
        note("想了解新的保养套餐"),
        register(),
        numbered(),
    ],
});

/** 规定 7: each attempt is in the register, also when nobody answers or it is refused. */
registry.category("web_tour.tours").add("aftersales_attempts", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        callFirst(),
        outcome("Nobody answers", 2),
        register(),
        numbered(),
        click("Back to the list", ".o_breadcrumb .o_back_button, .breadcrumb-item a"),
        look(
            "The customer is not called again today",
            ".o_list_view:not(:has(.o_data_row:contains('Zhang San')))"
        ),
        click("Call the next one", ".o_data_row:contains('Li Si') button[name=action_call]"),
        outcome("The customer refuses", 6),
        click(
            "Any contact of this kind",
            ".o_field_widget[name=optout_scope] .o_radio_item:eq(1) input"
        ),
        edit("Why?", "div[name=optout_reason] input", "不想再接电话"),
        register(),
        numbered(),
    ],
});

/** 规定 7: the register is printed by the supervisor. */
registry.category("web_tour.tours").add("aftersales_print_call_register", {
    url: "/odoo/aftersales-calls",
    steps: () => [
        look("The calls are listed", ".o_data_row .o_data_cell[name=number]"),
        click(
            "Open the registers",
            ".o_menu_sections [data-menu-xmlid='aftersales_followup.aftersales_followup_menu_registers']"
        ),
        click(
            "Print one",
            ".o-dropdown--menu [data-menu-xmlid='aftersales_followup.aftersales_register_print_menu']"
        ),
        look("Entries are counted", ".modal .o_field_widget[name=entry_count]:contains('2')"),
        click("Print", ".modal button[name=action_print_pdf]"),
        look("Printed without an error", "body:not(:has(.o_error_dialog))"),
    ],
});

/** 规定 8: letters are written, sent and registered. */
registry.category("web_tour.tours").add("aftersales_write_letters", {
    url: "/odoo/aftersales-my-letters",
    steps: () => [
        look("The customer was not reached", ".o_data_row:contains('Zhang San')"),
        click("Select all", "thead .o_list_record_selector input"),
        click("Write them", "button[name=action_write_letters]"),
        click("Open the draft", ".o_data_row .o_data_cell[name=subject]"),
        look("The template is filled in", ".o_field_widget[name=body]:contains('Zhang San')"),
        click("Register and send", "button[name=action_register]"),
        numbered(),
        look(
            "It was sent",
            ".o_statusbar_status .o_arrow_button_current[data-value=registered]"
        ),
    ],
});

/** 四: the supervisor names a stand-in. */
registry.category("web_tour.tours").add("aftersales_name_stand_in", {
    url: "/odoo/aftersales-stand-ins",
    steps: () => [
        click("Name one", ".o_list_button_add"),
        ...choose("user_id", "Officer Zhou"),
        ...choose("substitute_id", "Officer Wu"),
        click("Save", ".o_form_button_save"),
        look(
            "It runs from today",
            ".o_statusbar_status .o_arrow_button_current[data-value=current]"
        ),
        look("The work has changed hands", ".o_field_widget[name=followup_count]:contains('1')"),
    ],
});

/** 四: the stand-in does the work, and both names are on it. */
registry.category("web_tour.tours").add("aftersales_stand_in_calls", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        callFirst(),
        outcome("The customer was reached", 1),
        note("一切正常"),
        register(),
        numbered(),
        look("Who called", ".o_field_widget[name=user_id]:contains('Officer Wu')"),
        look(
            "On whose behalf",
            ".o_field_widget[name=designated_user_id]:contains('Officer Zhou')"
        ),
    ],
});

/** 四: the officer is back before the time. */
registry.category("web_tour.tours").add("aftersales_end_stand_in", {
    url: "/odoo/aftersales-stand-ins",
    steps: () => [
        click("Open it", ".o_data_row .o_data_cell[name=date_to]"),
        click("The officer is back", "button[name=action_end]"),
        click("Yes", ".modal .btn-primary"),
        look("It is called off", ".o_form_view .ribbon"),
    ],
});
