import { registry } from "@web/core/registry";

const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });

/** The officer learns who called from an unknown number. */
registry.category("web_tour.tours").add("aftersales_give_call", {
    url: "/odoo/aftersales-calls",
    steps: () => [
        click("Open the call", ".o_data_cell[name=number]:contains('000001')"),
        click("He is known now", "button[name=action_give_to_customer]"),
        look("His name as it was noted", ".modal .o_field_widget[name=caller_name]:contains('Mr Wang')"),
        {
            content: "Look the customer up",
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Zhang",
        },
        click("Choose him", ".o-autocomplete--dropdown-item:contains('Zhang San')"),
        click("Give him the call", ".modal button[name=action_give]"),
        look("It says so", ".o_notification:contains('is with Zhang San now')"),
        look("The dialog is gone", "body:not(:has(.modal))"),
        look("The call is his", ".o_field_widget[name=partner_id]:contains('Zhang San'), .o_field_widget[name=partner_id] input:value('Zhang San')"),
        click("Open the corrections", ".o_notebook a[name=corrections]"),
        look("The reason is there", ".o_field_widget[name=correction_ids] .o_data_cell[name=reason]:contains('known now')"),
    ],
});

/** The supervisor corrects a registered call. */
registry.category("web_tour.tours").add("aftersales_correct_call", {
    url: "/odoo/aftersales-calls",
    steps: () => [
        click("Open the call", ".o_data_cell[name=number]:contains('000001')"),
        click("Correct it", "button[name=action_correct]"),
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Misheard",
        },
        {
            content: "Put it right",
            trigger: ".modal .o_field_widget[name=content] textarea",
            run: "edit The radio squeaks",
        },
        click("Correct", ".modal button[name=action_correct]"),
        look("The dialog is gone", "body:not(:has(.modal))"),
        click("Open the corrections", ".o_notebook a[name=corrections]"),
        look("What was said before", ".o_field_widget[name=correction_ids] .o_data_cell[name=before]:contains('All is well')"),
        look("What is said now", ".o_field_widget[name=correction_ids] .o_data_cell[name=after]:contains('The radio squeaks')"),
    ],
});
