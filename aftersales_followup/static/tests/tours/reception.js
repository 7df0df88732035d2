import { registry } from "@web/core/registry";

const DIALOG = ".modal:not(.o_inactive_modal)";
const CREATE = ".o-autocomplete--dropdown-menu .o_m2o_dropdown_option_create_edit a";

const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });
const type = (content, trigger, text) => ({ content, trigger, run: `edit ${text}` });

function chooseSteps(field, text) {
    return [
        type(`Look for ${text}`, `${field} input`, text),
        click(
            `Choose ${text}`,
            `.o-autocomplete--dropdown-menu .ui-menu-item a:contains('${text}'):not(:contains('Create'))`
        ),
    ];
}

/** A car and its owner whom nobody knows yet come to reception. */
registry.category("web_tour.tours").add("aftersales_enter_visit", {
    url: "/odoo/aftersales-visits",
    steps: () => [
        click("Begin a visit", ".o_list_button_add"),
        type("Type the plate", ".o_field_widget[name=vehicle_id] input", "湘K99999"),
        click("Enter the car", CREATE),
        look(
            "Its plate is there already",
            `${DIALOG} .o_field_widget[name=license_plate] input:value(湘K99999)`
        ),
        type(
            "Type the VIN",
            `${DIALOG} .o_field_widget[name=vin_sn] input`,
            "LSGWS52X27S999999"
        ),
        ...chooseSteps(`${DIALOG} .o_field_widget[name=model_id]`, "Regal"),
        type(
            "Type the owner's name",
            `${DIALOG} .o_field_widget[name=aftersales_owner_id] input`,
            "Li Si"
        ),
        click("Enter the owner", CREATE),
        look(
            "The name is there already",
            `${DIALOG} .o_field_widget[name=name] input:value(Li Si)`
        ),
        type(
            "Type the phone",
            `${DIALOG} .o_field_widget[name=phone] input`,
            "139 0000 0001"
        ),
        type(
            "Type the street",
            `${DIALOG} .o_field_widget[name=street] input`,
            "2 Leping Avenue"
        ),
        type("Type the city", `${DIALOG} .o_field_widget[name=city] input`, "Loudi"),
        click("Save the owner", `${DIALOG} .o_form_button_save`),
        look("The car is on top again", `${DIALOG} .o_field_widget[name=vin_sn]`),
        click("Save the car", `${DIALOG} .o_form_button_save`),
        look(
            "The owner is the customer of the visit",
            "body:not(:has(.modal)) .o_field_widget[name=partner_id] input:value(Li Si)"
        ),
        type("Type the odometer", ".o_field_widget[name=odometer] input", "21000"),
        click("Save the visit", ".o_form_button_save"),
        look("It has a number", ".o_form_saved .o_field_widget[name=name] span"),
        {
            content: "Open the car",
            trigger: ".o_field_widget[name=vehicle_id]",
            run: "hover && click .o_field_widget[name=vehicle_id] .o_external_button",
        },
        look(
            "All that is known of it shows",
            ".o_form_view .o_field_widget[name=aftersales_interval_months]"
        ),
        look(
            "The visit is among it",
            ".o_field_widget[name=aftersales_visit_ids] .o_data_row:contains('Li Si')"
        ),
    ],
});

/** The supervisor enters a car of a customer who is known. */
registry.category("web_tour.tours").add("aftersales_enter_car", {
    url: "/odoo/aftersales-visits",
    steps: () => [
        click("Open the customers", ".o_menu_sections button:contains('Customers')"),
        click(
            "Go to the cars",
            ".o-dropdown--menu [data-menu-xmlid='aftersales_followup.fleet_vehicle_menu']"
        ),
        look("The cars show", ".o_breadcrumb:contains('Cars')"),
        click("Begin a car", ".o_list_button_add"),
        type("Type the plate", ".o_field_widget[name=license_plate] input", "湘K88888"),
        ...chooseSteps(".o_field_widget[name=model_id]", "Regal"),
        ...chooseSteps(".o_field_widget[name=aftersales_owner_id]", "Zhang San"),
        type("Type the VIN", ".o_field_widget[name=vin_sn] input", "LSGWS52X27S888888"),
        click("Save the car", ".o_form_button_save"),
        look("It is saved", ".o_form_saved .o_field_widget[name=license_plate]"),
    ],
});

/** A visit of a colleague's is there to be read; the next one, an own one, to be changed. */
registry.category("web_tour.tours").add("aftersales_read_colleagues_visit", {
    url: "/odoo/aftersales-visits",
    steps: () => [
        click("Show those of colleagues, too", ".o_facet_remove"),
        look("The colleague's is there", ".o_data_row:contains('Zhang San')"),
        click("Open it", ".o_data_cell[name=partner_id]:contains('Zhang San')"),
        look("It is read-only", ".o_form_readonly .o_field_widget[name=partner_id]:not(:has(input))"),
        look("Nothing changes it", ".o_form_view:not(:has(.o_statusbar_buttons button))"),
        click("Go to the other one", ".o_pager_next"),
        look("It is one's own", ".o_form_editable .o_field_widget[name=partner_id] input:value(Li Si)"),
        click("Go back to the colleague's", ".o_pager_previous"),
        look("It is read-only again", ".o_form_readonly .o_field_widget[name=partner_id]:contains('Zhang San')"),
    ],
});
