import { registry } from "@web/core/registry";

/**
 * What rule 4 says of a complaint, screen by screen: raised on the phone, reported to
 * the supervisor, solved, and told to the customer. Nothing here looks for a word of
 * the screens, so that they may speak Chinese.
 */
const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });
const edit = (content, trigger, text) => ({ content, trigger, run: `edit ${text}` });

const stateIs = (state) =>
    look(
        `The case is ${state}`,
        `.o_statusbar_status .o_arrow_button_current[data-value='${state}']`
    );
const openCase = () =>
    click("Open the case", ".o_data_cell[name=description]:contains('刹车异响')");

registry.category("web_tour.tours").add("aftersales_case_raise", {
    url: "/odoo/aftersales-inbound-call",
    steps: () => [
        edit("Look the caller up", ".o_field_widget[name=partner_id] input", "138 0013"),
        click(
            "Choose the customer",
            ".o-autocomplete--dropdown-item:contains('Zhang San')"
        ),
        edit("Note what was said", "div[name=content] textarea", "刹车异响，很不满意"),
        click(
            "Why does he call? To complain",
            ".o_field_widget[name=inbound_kind] .o_selection_badge:eq(1)"
        ),
        click(
            "It becomes a case",
            ".o_field_widget[name=outcome_id] .o_selection_badge:eq(1)"
        ),
        {
            content: "Write it down",
            trigger: "[name=case_ids] .o_field_x2many_list_row_add a:eq(2)",
            // The outcome draws the list anew: a click before that is lost.
            async run() {
                const list = "[name=case_ids]";
                for (let tries = 0; tries < 20; tries++) {
                    if (document.querySelector(`${list} [name=description] textarea`)) {
                        return;
                    }
                    const adds = `${list} .o_field_x2many_list_row_add a`;
                    document.querySelectorAll(adds)[2]?.click();
                    await new Promise((done) => setTimeout(done, 300));
                }
            },
        },
        edit(
            "In the customer's words",
            "[name=case_ids] [name=description] textarea",
            "刹车异响"
        ),
        click("Register", "button[name=action_register]:visible"),
        look("It is registered", ".o_field_widget[name=number]:contains('-0000')"),
    ],
});

registry.category("web_tour.tours").add("aftersales_case_propose", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        click(
            "Call the customer",
            ".o_data_row:contains('Zhang San') button[name=action_call]"
        ),
        click(
            "The customer was reached",
            ".o_field_widget[name=outcome_id] .o_selection_badge:first"
        ),
        edit("Note what was said", "div[name=content] textarea", "刹车异响，很不满意"),
        click(
            "How satisfied is he? Not much",
            ".o_field_widget[name=satisfaction_score] .o_selection_badge:eq(2)"
        ),
        look("A complaint is proposed", "button[name=action_note_complaint]:visible"),
        click("Bring the next customer", "button[name=action_register_and_next]"),
        {
            content: "There is a link, so that it is not lost",
            trigger: ".o_notification a[href*='/odoo/aftersales-calls/']",
            // It opens a tab of its own, where a tour does not follow.
            run() {
                window.location = this.anchor.href;
            },
            expectUnloadPage: true,
        },
        click("Note the complaint", "button[name=action_note_complaint]:visible"),
        look(
            "What was said is there",
            ".modal .o_field_widget[name=description] textarea:value(很不满意)"
        ),
        click("Save it", ".modal .o_form_button_save"),
        look("It is with the call", "[name=case_ids] .o_data_row:contains('很不满意')"),
    ],
});

registry.category("web_tour.tours").add("aftersales_case_report", {
    url: "/odoo/aftersales-my-cases",
    steps: () => [
        openCase(),
        stateIs("open"),
        click("Report it to the supervisor", "button[name=action_escalate]"),
        stateIs("escalated"),
        look("The supervisor is named", ".o_field_widget[name=supervisor_id]"),
    ],
});

registry.category("web_tour.tours").add("aftersales_case_solve", {
    url: "/odoo/aftersales-my-cases",
    steps: () => [
        openCase(),
        stateIs("escalated"),
        click("Wait for parts", "button[name=action_wait_for_parts]"),
        look("It waits", ".o_field_widget[name=waiting_since]"),
        click("They have come", "button[name=action_stop_waiting]"),
        look("It waits no more", "button[name=action_wait_for_parts]"),
        edit("Write the solution", "div[name=solution] textarea", "免费更换刹车片"),
        click("Where did it come from?", ".o_field_widget[name=cause_id] input"),
        click(
            "From the parts",
            ".o-autocomplete--dropdown-item:not(:has(.fa-spin)):first a"
        ),
        click("Mark it as solved", "button[name=action_solve]"),
        stateIs("solved"),
    ],
});

registry.category("web_tour.tours").add("aftersales_case_inform", {
    url: "/odoo/aftersales-my-calls",
    steps: () => [
        click(
            "Call the customer",
            ".o_data_row:contains('Zhang San') button[name=action_call]"
        ),
        look(
            "Words and solution are on the screen",
            ".o_field_widget[name=script]:contains('刹车异响'):contains('免费更换刹车片')"
        ),
        click(
            "The customer was reached",
            ".o_field_widget[name=outcome_id] .o_selection_badge:first"
        ),
        edit("Note what was said", "div[name=content] textarea", "已告知客户"),
        click("Register", "button[name=action_register]:visible"),
        look("It is registered", ".o_field_widget[name=number]:contains('-0000')"),
    ],
});

registry.category("web_tour.tours").add("aftersales_case_close", {
    url: "/odoo/aftersales-my-cases",
    steps: () => [
        openCase(),
        stateIs("informed"),
        look("The call that told the customer is named", ".o_field_widget[name=inform_call_id]"),
        click("Close it", "button[name=action_close]"),
        stateIs("closed"),
    ],
});
