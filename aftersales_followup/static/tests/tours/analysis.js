import { registry } from "@web/core/registry";

/**
 * Opens each analysis as pivot, graph (bar, line, pie) and list, and goes from a cell
 * to the record behind it.
 */
const ANALYSES = [
    "aftersales-call-analysis",
    "aftersales-case-analysis",
    "aftersales-letter-analysis",
    "aftersales-revenue-analysis",
    "aftersales-clocks",
];

const click = (content, trigger) => ({ content, trigger, run: "click" });
const look = (content, trigger) => ({ content, trigger });

function analysisSteps(path) {
    return [
        {
            content: `Go to ${path}`,
            trigger: "body",
            run: () => window.location.assign(`/odoo/${path}`),
            expectUnloadPage: true,
        },
        look("The pivot has figures", ".o_pivot_view .o_pivot_cell_value:not(.o_empty)"),
        look("Of the running year", `.o_facet_value:contains('${new Date().getFullYear()}')`),
        click("Switch to the graph", ".o_switch_view.o_graph"),
        ...["bar", "line", "pie"].flatMap((mode) => [
            click(`Draw it as ${mode}`, `.o_graph_button[data-mode=${mode}]`),
            look("It is drawn", ".o_graph_renderer canvas"),
        ]),
        click("Switch to the list", ".o_switch_view.o_list"),
        look("The list shows a record", ".o_list_view .o_data_row"),
        click("Go back to the pivot", ".o_switch_view.o_pivot"),
        click("Open the cell", ".o_pivot_view .o_pivot_cell_value:not(.o_empty):first"),
        click(
            "Open the record behind the first row",
            ".o_list_view .o_data_row:first td.o_data_cell:first"
        ),
        look("The form shows", ".o_form_view .o_form_sheet .o_field_widget"),
    ];
}

registry.category("web_tour.tours").add("aftersales_analyses", {
    url: "/odoo",
    steps: () => ANALYSES.flatMap(analysisSteps),
});
