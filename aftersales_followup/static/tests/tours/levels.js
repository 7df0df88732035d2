import { registry } from "@web/core/registry";

/** The supervisor tries out a minimum, sees who would move, and applies it. */
registry.category("web_tour.tours").add("aftersales_change_levels", {
    url: "/odoo/aftersales-levels",
    steps: () => [
        {
            content: "Change the minimums",
            trigger: ".o_control_panel button:contains('Change or Recalculate')",
            run: "click",
        },
        {
            content: "What the first level takes",
            trigger: ".o_form_view .o_data_row:first .o_data_cell[name=minimum_spend]",
            run: "click",
        },
        {
            content: "Less is enough",
            trigger: ".o_selected_row .o_field_widget[name=minimum_spend] input",
            run: "edit 250 && press Tab",
        },
        {
            content: "See who would move",
            trigger: "button[name=action_preview]:visible",
            run: "click",
        },
        {
            content: "One would come to the first level",
            trigger: ".o_aftersales_level_matrix button:contains('1')",
            run: "click",
        },
        {
            content: "It is this customer",
            trigger: ".o_list_view .o_data_cell[name=partner_id]:contains('Zhang San')",
        },
        {
            content: "Back to the preview",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "Apply it",
            trigger: "button[name=action_apply]:visible",
            run: "click",
        },
        {
            content: "It was done",
            trigger: ".alert-success .o_field_widget[name=moved_count]:contains('1')",
        },
    ],
});
