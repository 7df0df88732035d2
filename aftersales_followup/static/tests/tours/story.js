import { registry } from "@web/core/registry";

const EVENT = ".o_aftersales_story_event button";
const look = (content, trigger) => ({ content, trigger });
const click = (content, trigger) => ({ content, trigger, run: "click" });

/** The customer's page tells the story; each line of it leads to its record. */
registry.category("web_tour.tours").add("aftersales_story", {
    url: "/odoo/aftersales-customers",
    steps: () => [
        click("Open the customer", ".o_data_cell[name=complete_name]:contains('Zhang San')"),
        look("The visit is told", `${EVENT}[data-model='aftersales.visit']:contains('Oil change')`),
        look("The next contact is the first card", ".o_aftersales_story_card[data-key=next]:contains('Officer')"),
        look(
            "No hour to be called is shown where none was named",
            ".o_field_widget[name=aftersales_call_from] input:placeholder-shown"
        ),
        click("Open the call", `${EVENT}[data-model='aftersales.call']:contains('The brakes squeak')`),
        look("It is the call", ".o_field_widget[name=content]:has(textarea)"),
        click("Go back", ".breadcrumb-item.o_back_button, .o_breadcrumb .o_back_button"),
        look("The story is there again", `${EVENT}[data-model='aftersales.call']`),
        click("See the open follow-ups", ".o_aftersales_story_card[data-key=followups]"),
        look("There is one", ".o_list_view .o_data_row"),
    ],
});
