import { registry } from "@web/core/registry";

/** The supervisor's dashboard: in view, and each number a way to its records. */
const TILE = ".o_aftersales_tile";
const VALUE = ".o_aftersales_tile_value button";
const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });

const back = () => [
    click("Go back", ".o_breadcrumb .o_back_button"),
    look("The dashboard is there again", `${TILE}[data-code=revenue] canvas`),
];
const count = (number) => ({
    content: `${number} record is listed`,
    trigger: ".o_list_view .o_list_renderer",
    run() {
        const rows = document.querySelectorAll(".o_data_row").length;
        if (rows !== number) {
            throw new Error(`${rows} rows instead of ${number}`);
        }
    },
});

/** Click in a chart, a part of its width and height from its upper left corner. */
const clickChart = (content, trigger, x, y) => ({
    content,
    trigger,
    run() {
        const canvas = document.querySelector(trigger);
        const box = canvas.getBoundingClientRect();
        canvas.dispatchEvent(
            new MouseEvent("click", {
                bubbles: true,
                clientX: box.left + x * box.width,
                clientY: box.top + y * box.height,
            })
        );
    },
});

/** All three rows are in view, and nothing has to be scrolled or is cut off. */
const inView = () => ({
    content: "All of it is in view without scrolling",
    trigger: ".o_aftersales_today",
    run() {
        const content = document.querySelector(".o_content");
        if (content.scrollHeight > content.clientHeight) {
            throw new Error(`${content.scrollHeight} px in ${content.clientHeight} px`);
        }
        for (const card of document.querySelectorAll(".o_aftersales_dashboard .card")) {
            const box = card.getBoundingClientRect();
            if (box.bottom > window.innerHeight || box.right > window.innerWidth) {
                throw new Error(`${card.className} ends at ${box.right}, ${box.bottom}`);
            }
        }
        for (const canvas of document.querySelectorAll(".o_aftersales_dashboard canvas")) {
            if (canvas.getBoundingClientRect().height < 20) {
                throw new Error("A chart has no room");
            }
        }
        for (const body of document.querySelectorAll(`${TILE} .card-body`)) {
            if (body.scrollHeight > body.clientHeight + 1) {
                throw new Error(`${body.innerText} does not fit`);
            }
        }
    },
});

registry.category("web_tour.tours").add("aftersales_dashboard", {
    url: "/odoo",
    steps: () => [
        click("See the applications", ".o_navbar_apps_menu button"),
        click("Open ours", ".o_app:contains('After-Sales')"),
        look("It begins with the dashboard", `${TILE}[data-code=csi]:contains('90.0 %'):contains('~')`),
        look("Near is told by a color, too", `${TILE}[data-code=csi] .text-warning:contains('~')`),
        inView(),
        click("Open the cars that came in", `${TILE}[data-code=intake] ${VALUE}`),
        look("They are visits", ".o_breadcrumb:contains('Intake')"),
        count(1),
        ...back(),
        look("A dash says why", `${TILE}[data-code=absorption] [title*='fixed cost']:contains('—')`),
        clickChart("Open the line", `${TILE}[data-code=revenue] canvas`, 0.5, 0.5),
        look("It is a graph of the months", ".o_graph_view"),
        ...back(),
        click("Open what was due of an officer", ".o_aftersales_kept tr[data-code=first_on_time] button"),
        look("It is grouped by the result", ".o_group_header"),
        ...back(),
        clickChart("Open a bar", ".o_aftersales_bars[data-code=cause] canvas", 0.6, 0.5),
        look("It is the complaint", ".o_breadcrumb:contains('Complaints by Cause')"),
        count(1),
        ...back(),
        clickChart("Open a bar by its name", ".o_aftersales_bars[data-code=trade] canvas", 0.1, 0.5),
        count(1),
        ...back(),
        clickChart("Open a slice", ".o_aftersales_bars[data-code=payer] canvas", 0.85, 0.5),
        count(1),
        ...back(),
        click("Open what is overdue", ".o_aftersales_today_item[data-code=overdue] button:contains('Officer')"),
        count(1),
        ...back(),
        click("See the month before", ".o_aftersales_previous"),
        look("There is a way back", ".o_aftersales_next:not(:disabled)"),
        look("There was nothing then", `${TILE}[data-code=intake] .o_aftersales_tile_value:contains('—')`),
        click("Open what is overdue today", ".o_aftersales_today_item[data-code=overdue] button"),
        look("It is listed", ".o_list_view .o_data_row"),
        click("Go back", ".o_breadcrumb .o_back_button"),
        look("The month is remembered", ".o_aftersales_next:not(:disabled)"),
        click("Back to this month", ".o_aftersales_month"),
        look("It is the last one", ".o_aftersales_next:disabled"),
    ],
});

registry.category("web_tour.tours").add("aftersales_dashboard_in_view", {
    url: "/odoo/aftersales-dashboard",
    steps: () => [look("It is there", `${TILE}[data-code=csi] canvas`), inView()],
});

registry.category("web_tour.tours").add("aftersales_dashboard_phone", {
    url: "/odoo/aftersales-dashboard",
    steps: () => [
        look("It is there", `${TILE}[data-code=csi] canvas`),
        {
            content: "Nothing is cut off at the side",
            trigger: ".o_aftersales_today",
            run() {
                for (const part of [".o_content", ".o_control_panel", ".o_aftersales_dashboard"]) {
                    const { scrollWidth, clientWidth } = document.querySelector(part);
                    if (scrollWidth > clientWidth) {
                        throw new Error(`${part}: ${scrollWidth} px in ${clientWidth} px`);
                    }
                }
            },
        },
        look("The summary of the last month is to be filed", ".o_aftersales_summary_state:contains('Draft')"),
        click("Open what is overdue", ".o_aftersales_today_item[data-code=overdue] button"),
        look("It is the follow-up", ".o_kanban_record, .o_data_row"),
    ],
});

registry.category("web_tour.tours").add("aftersales_dashboard_steps", {
    url: "/odoo/aftersales-dashboard",
    steps: () => [
        look("There are four steps", ".o_aftersales_steps .card:eq(3)"),
        click("Begin with the first", ".o_aftersales_steps .card[data-code=import] button"),
        look("It is the import", ".o_form_view, .modal"),
    ],
});
