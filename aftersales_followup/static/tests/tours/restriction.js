import { registry } from "@web/core/registry";

const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });
const edit = (content, trigger, text) => ({ content, trigger, run: `edit ${text}` });

/** The supervisor restricts a customer, looks who it is, and lifts the restriction. */
registry.category("web_tour.tours").add("aftersales_restrict_customer", {
    steps: () => [
        look("The customer", ".o_form_view .o_field_widget[name=name] textarea:value('Zhang San'), .o_form_view .o_field_widget[name=name] input:value('Zhang San')"),
        click("Open the actions", ".o_cp_action_menus .fa-cog"),
        click("Restrict", ".o_menu_item:contains('Restrict Customer')"),
        look("What it means is explained", ".modal .alert:contains('ten years')"),
        edit("How it was asked for", ".modal .o_field_widget[name=reason] input", "In a letter"),
        click("Restrict", ".modal button[name=action_restrict]"),
        look("The dialog is gone", "body:not(:has(.modal))"),
        look("The form says so", ".alert:contains('asked to be forgotten')"),
        look("The phone is masked", ".o_field_widget[name=phone] input:value('***')"),
        click("Open the customers", "button[data-menu-xmlid='aftersales_followup.aftersales_followup_menu_customers']"),
        click("Open those who are restricted", "[data-menu-xmlid='aftersales_followup.aftersales_restriction_menu']"),
        click("Open the restriction", ".o_data_cell[name=reason]:contains('In a letter')"),
        click("Who is it?", "button[name=action_show]"),
        edit("Say why", ".modal .o_field_widget[name=reason] input", "The police asks"),
        click("Show", ".modal button[name=action_show]"),
        look("There is the name", ".modal .o_field_widget[name=shown]:contains('Zhang San')"),
        click("Close", ".modal footer button:contains('Close')"),
        look("The dialog is gone", "body:not(:has(.modal))"),
        click("Lift it", "button[name=action_lift]"),
        edit("Say why", ".modal .o_field_widget[name=reason] input", "He came again"),
        click("Lift", ".modal button[name=action_lift]"),
        look("The dialog is gone", "body:not(:has(.modal))"),
        look("The customer has a name again", ".o_field_widget[name=partner_id]:contains('Zhang San')"),
    ],
});

/** A customer who came again is found by name. */
registry.category("web_tour.tours").add("aftersales_find_restricted", {
    steps: () => [
        click("Find", ".o_control_panel button:contains('Find'), .o_list_buttons button:contains('Find')"),
        edit("By name", ".modal .o_field_widget[name=text] input", "Zhang San"),
        edit("Say why", ".modal .o_field_widget[name=reason] input", "He came again"),
        click("Find", ".modal button[name=action_find]"),
        look("The dialog is gone", "body:not(:has(.modal))"),
        look("There he is", ".o_data_cell[name=reason]:contains('In a letter')"),
    ],
});
