import { registry } from "@web/core/registry";

/**
 * Opens each screen of the department in each of its views: what the server accepts
 * can still break in the browser.
 */
const OFFICER_SCREENS = [
    { path: "aftersales-my-calls", kanban: true },
    { path: "aftersales-visits", kanban: true },
    { path: "aftersales-archives-to-file", kanban: true },
    { path: "aftersales-followups", kanban: true },
    { path: "aftersales-calls" },
    { path: "aftersales-letters", kanban: true },
    { path: "aftersales-cases", kanban: true },
    { path: "aftersales-my-cases", kanban: true },
    { path: "aftersales-campaigns", kanban: true },
    { path: "aftersales-customers", kanban: true },
    { path: "aftersales-cars", kanban: true },
];
const SUPERVISOR_SCREENS = [
    { path: "aftersales-rules" },
    { path: "aftersales-topics" },
    { path: "aftersales-tips" },
    { path: "aftersales-letter-templates" },
    { path: "aftersales-outcomes", form: false },
    { path: "aftersales-levels", form: false },
    { path: "aftersales-maintenance-cycles", form: false },
];

const look = (content, trigger) => ({ content, trigger });

function listSteps() {
    return [look("The list shows a record", ".o_list_view .o_data_row")];
}

function kanbanSteps() {
    return [
        {
            content: "Switch to cards",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        look("A card shows", ".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)"),
        {
            content: "Switch back to the list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        ...listSteps(),
    ];
}

function formSteps() {
    return [
        {
            content: "Open the first record",
            trigger: ".o_list_view .o_data_row:first td.o_data_cell:not(.o_list_button)",
            run: "click",
        },
        look("The form shows", ".o_form_view .o_form_sheet .o_field_widget"),
    ];
}

function screenSteps({ path, kanban = false, form = true }) {
    return [
        {
            content: `Go to ${path}`,
            trigger: "body",
            run: () => window.location.assign(`/odoo/${path}`),
            expectUnloadPage: true,
        },
        ...listSteps(),
        ...(kanban ? kanbanSteps() : []),
        ...(form ? formSteps() : []),
    ];
}

registry.category("web_tour.tours").add("aftersales_officer_screens", {
    url: "/odoo",
    steps: () => OFFICER_SCREENS.flatMap(screenSteps),
});

registry.category("web_tour.tours").add("aftersales_supervisor_screens", {
    url: "/odoo",
    steps: () => SUPERVISOR_SCREENS.flatMap(screenSteps),
});

registry.category("web_tour.tours").add("aftersales_inbound_call", {
    url: "/odoo/aftersales-inbound-call",
    steps: () => [
        {
            content: "Look the caller up by a part of the number",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit 138 0013",
        },
        {
            content: "Choose the customer",
            trigger: ".o-autocomplete--dropdown-item:contains('Zhang San')",
            run: "click",
        },
        look("Car and last service show", ".o_field_widget[name=last_service]:contains('Oil change')"),
        {
            content: "Note what was said",
            trigger: ".o_field_widget[name=content] textarea",
            run: "edit When is the car ready?",
        },
        {
            content: "He was informed",
            trigger: ".o_field_widget[name=outcome_id] .o_selection_badge:first",
            run: "click",
        },
        {
            content: "Register",
            trigger: "button[name=action_register]:visible",
            run: "click",
        },
        look("It is registered", ".o_field_widget[name=number]:contains('-0000')"),
    ],
});
