import { registry } from "@web/core/registry";

/**
 * The call on one screen: by keys alone, on a phone, reloaded, and with people whom
 * nobody knows yet.
 */
const DIALOG = ".modal:not(.o_inactive_modal)";
const CREATE = ".o-autocomplete--dropdown-menu .o_m2o_dropdown_option_create_edit a";
const OUTCOME = ".o_field_widget[name=outcome_id]";
const NOTES = ".o_field_widget[name=content] textarea";

const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });
const edit = (content, trigger, text) => ({ content, trigger, run: `edit ${text}` });
const press = (content, trigger, keys) => ({ content, trigger, run: `press ${keys}` });

/** The step that throws if something is not in view without scrolling. */
const inView = (...selectors) => ({
    content: `In view: ${selectors.join(", ")}`,
    trigger: ".o_aftersales_call",
    run() {
        for (const selector of selectors) {
            const box = document.querySelector(selector)?.getBoundingClientRect();
            if (!box || box.top < 0 || box.bottom > window.innerHeight) {
                throw new Error(`${selector} is not in view: ${box?.bottom}`);
            }
        }
    },
});
const noScrolling = () => ({
    content: "All of the call is in view",
    trigger: ".o_aftersales_call",
    run() {
        const { scrollHeight, clientHeight } = document.querySelector(".o_content");
        if (scrollHeight > clientHeight) {
            throw new Error(`${scrollHeight} px of form in ${clientHeight} px`);
        }
    },
});

/** Three customers one after the other, without a mouse. */
registry.category("web_tour.tours").add("aftersales_calls_by_keyboard", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        look("The line above tells how far the day is", ".o_aftersales_my_figures:contains('0 of 3 today')"),
        look("The groups have counts", ".o_group_name:contains('(')"),
        press("Start calling", ".o_list_view", "Alt+Enter"),
        ...[0, 1, 2].flatMap((made) => [
            look(
                `${made} calls are made`,
                `.o_field_widget[name=progress]:contains('${made} of 3 today')`
            ),
            look("The cursor is in the outcome", `${OUTCOME} .o_aftersales_key_badges:focus`),
            noScrolling(),
            press("The customer was reached", `${OUTCOME} .o_aftersales_key_badges`, "1"),
            look("It is chosen", `${OUTCOME} .active:contains('Reached')`),
            press("Go to the notes", `${OUTCOME} .o_aftersales_key_badges`, "Tab"),
            look("The cursor is there", `${NOTES}:focus`),
            edit("Note what was said", NOTES, "All is well"),
            press("Go to the satisfaction", NOTES, "Tab"),
            press("Nine", "[name=satisfaction_score] .o_aftersales_key_badges:focus", "9"),
            look("It is chosen", "[name=satisfaction_score] .active:contains('9')"),
            ...(made
                ? []
                : [
                      press("A wish", "[name=satisfaction_score]", "Alt+w"),
                      {
                          ...edit(
                              "In the customer's words",
                              "[name=case_ids] [name=description] textarea:focus",
                              "A loan car"
                          ),
                      },
                      look("It is a wish", "[name=case_ids] .o_data_row:contains('Wish'), [name=case_ids] .o_data_row:has(select, input)"),
                      noScrolling(),
                  ]),
            press("Register and bring the next", ".o_aftersales_call", "Alt+Enter"),
            look(
                "The number is shown in passing",
                `.o_notification:contains('-00000${made + 1}')`
            ),
        ]),
        look("The day is done", ".o_notification:contains('No more calls')"),
    ],
});

/** *Register* alone shows what was registered, and the next is a key away. */
registry.category("web_tour.tours").add("aftersales_next_after_register", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        press("Start calling", ".o_list_view", "Alt+Enter"),
        press("Nobody answers", `${OUTCOME} .o_aftersales_key_badges:focus`, "2"),
        look("It is chosen", `${OUTCOME} .active:contains('No Answer')`),
        press("Register", ".o_aftersales_call", "Alt+r"),
        look("The number is shown in passing", ".o_notification:contains('-000001')"),
        look("It is registered", ".o_arrow_button_current[data-value=registered]"),
        press("The next one", ".o_aftersales_call button[name=action_next]", "Alt+Enter"),
        look("Another customer", `.o_breadcrumb:contains('Li Si')`),
        look("The cursor is in the outcome", `${OUTCOME} .o_aftersales_key_badges:focus`),
        press("Reached", `${OUTCOME} .o_aftersales_key_badges`, "1"),
        look("It is chosen", `${OUTCOME} .active:contains('Reached')`),
        press("Register without notes", ".o_aftersales_call", "Alt+Enter"),
        look("What was said is asked for", ".o_notification:contains('what was said')"),
        look("The cursor is there", `${NOTES}:focus`),
        click("Leave it", ".o_form_button_cancel"),
        look("It is as it was", ".o_form_saved"),
    ],
});

/** A reload in the middle of a call loses neither customer nor notes. */
registry.category("web_tour.tours").add("aftersales_reload_call", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        click("Call the customer", ".o_data_row:contains('Zhang San') button[name=action_call]"),
        press("Reached", `${OUTCOME} .o_aftersales_key_badges:focus`, "1"),
        look("It is chosen", `${OUTCOME} .active:contains('Reached')`),
        edit("Note what was said", NOTES, "The horn is weak"),
        press("Leave the notes", NOTES, "Tab"),
        {
            content: "Reload",
            trigger: ".o_aftersales_call",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        look("The customer is there", ".o_breadcrumb:contains('Zhang San')"),
        look("The notes are there", `${NOTES}:value(The horn is weak)`),
        look("The outcome is there", `${OUTCOME} .active:contains('Reached')`),
    ],
});

/** One call on a phone. */
registry.category("web_tour.tours").add("aftersales_call_on_a_phone", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        look("The number can be dialled on the card", ".o_kanban_record:contains('Zhang San') a[href^='tel:']"),
        click("Start calling", "button[name=action_start_calling]"),
        look("The number can be dialled", ".o_field_widget[name=phone] a[href^='tel:']"),
        inView(OUTCOME, NOTES),
        click("Reached", `${OUTCOME} .o_selection_badge:first`),
        edit("Note what was said", NOTES, "All is well"),
        click("Register and bring the next", "button[name=action_register_and_next]"),
        look("The number is shown in passing", ".o_notification:contains('-000001')"),
        look("Another customer", ".o_field_widget[name=partner_id]:contains('Li Si')"),
    ],
});

const answerPhone = () => [
    click("Open my work", "[data-menu-xmlid='aftersales_followup.aftersales_followup_menu_work']"),
    click(
        "Somebody calls in",
        ".o-dropdown--menu [data-menu-xmlid='aftersales_followup.aftersales_call_menu_inbound']"
    ),
];

/** Somebody calls whom nobody knows, about a car that nobody knows. */
registry.category("web_tour.tours").add("aftersales_new_caller", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        look("My calls are on the screen", ".o_list_view"),
        ...answerPhone(),
        look("The call is empty", ".o_aftersales_call"),
        click("It is nothing", ".o_form_button_cancel"),
        look("My calls are back", ".o_list_view .o_aftersales_my_figures"),
        ...answerPhone(),
        edit("Look the caller up", ".o_field_widget[name=partner_id] input", "138 0013"),
        click("Choose him", ".o-autocomplete--dropdown-item:contains('Zhang San')"),
        look("The call is kept", ".o_form_view:has(.o_form_saved) .o_breadcrumb:contains('Zhang San')"),
        edit("Note what was said", NOTES, "Wrong connection"),
        click("It is nothing either", ".o_form_button_cancel"),
        look("My calls are back", ".o_list_view .o_aftersales_my_figures"),
        ...answerPhone(),
        edit("Type the number", ".o_field_widget[name=partner_id] input", "13912345678"),
        look(
            "Nobody is created by a number alone",
            ".o-autocomplete--dropdown-menu:not(:has(.o_m2o_dropdown_option_create))"
        ),
        click("Enter the customer", CREATE),
        look("The number is there", `${DIALOG} .o_field_widget[name=phone] input:value(139 1234 5678)`),
        look("The name is open", `${DIALOG} .o_field_widget[name=name] input:value()`),
        edit("Type the name", `${DIALOG} .o_field_widget[name=name] input`, "Li Si"),
        click("Save the customer", `${DIALOG} .o_form_button_save`),
        look("The call is his, and kept", "body:not(:has(.modal)) .o_form_view:has(.o_form_saved) .o_breadcrumb:contains('Li Si')"),
        look("The cursor is in the outcome", `${OUTCOME} .o_aftersales_key_badges:focus`),
        click("He has no car yet", ".o_field_widget[name=vehicle_id] input"),
        click("Enter the car", CREATE),
        edit("Type the plate", `${DIALOG} .o_field_widget[name=license_plate] input`, "湘K99999"),
        edit("Look for the model", `${DIALOG} .o_field_widget[name=model_id] input`, "Regal"),
        click(
            "Choose it",
            ".o-autocomplete--dropdown-menu .ui-menu-item a:contains('Regal'):not(:contains('Create'))"
        ),
        click("Save the car", `${DIALOG} .o_form_button_save`),
        look("The car is there", "body:not(:has(.modal)) .o_field_widget[name=vehicle_id] input:value(湘K99999)"),
        click("He was informed", `${OUTCOME} .o_selection_badge:contains('Informed')`),
        edit("Note what was said", NOTES, "When are you open?"),
        press("Register", ".o_aftersales_call", "Alt+Enter"),
        look("The number is shown in passing", ".o_notification:contains('-000001')"),
    ],
});

/** The archive of a visit: what is missing is a click away, until it is filed. */
registry.category("web_tour.tours").add("aftersales_file_by_checklist", {
    url: "/odoo/aftersales-visits",
    steps: () => [
        click("Open the visit", ".o_data_cell[name=partner_id]:contains('Zhang San')"),
        look("The name is there", ".o_aftersales_archive_checklist .text-success:contains('name')"),
        click("The phone is missing", ".o_aftersales_archive_checklist [data-field=phone]"),
        edit("Type it", `${DIALOG} .o_field_widget[name=phone] input:focus`, "139 0000 0001"),
        click("Save the customer", `${DIALOG} .o_form_button_save`),
        look("It is there now", ".o_aftersales_archive_checklist .text-success:contains('phone')"),
        click("The wish is missing", ".o_aftersales_archive_checklist [data-field=wish]"),
        edit("Type it", ".o_field_widget[name=wish] :is(textarea, input):focus", "A loan car"),
        click("The content is missing", ".o_aftersales_archive_checklist [data-field=next_service_content]"),
        edit("Type it", ".o_field_widget[name=next_service_content] :is(textarea, input):focus", "Oil change"),
        click("The day is missing", ".o_aftersales_archive_checklist [data-field=next_contact_date]"),
        edit("Type it", ".o_field_widget[name=next_contact_date] input", "+60d"),
        click("Leave it", ".o_form_sheet .oe_title"),
        look("Nothing is missing", ".o_aftersales_archive_checklist:not(:has(button))"),
        click("File it", "button.btn-primary[name=action_file_archive]"),
        look("It says so", ".alert-success:contains('Archive filed on')"),
        look("There is nothing more to file", "body:not(:has(button[name=action_file_archive]))"),
    ],
});

/** Finishing the reminder in the chatter shows at once what became of the follow-up. */
registry.category("web_tour.tours").add("aftersales_finish_reminder", {
    url: "/odoo/aftersales-followups",
    steps: () => [
        click("Open the follow-up", ".o_data_cell[name=partner_id]:contains('Zhang San')"),
        look("It is planned", ".o_arrow_button_current[data-value=planned]"),
        click("Finish the reminder", ".o-mail-Activity-markDone"),
        edit("What was said", ".o-mail-ActivityMarkAsDone textarea", "All is well"),
        click("Done", ".o-mail-ActivityMarkAsDone button[aria-label=Done], .o-mail-ActivityMarkAsDone .btn-primary"),
        look("The follow-up is done", ".o_arrow_button_current[data-value=done]"),
        look("The call is there", ".o_field_widget[name=call_ids] .o_data_row:contains('All is well')"),
    ],
});
