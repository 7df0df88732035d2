/** @odoo-module **/
// What one knows of a customer goes into the search box of any list.

import {registry} from "@web/core/registry";

/** Steps that type a text into the search box, press Enter and see one row of two. */
function lookUp(text) {
    return [
        {
            content: `Type ${text} and press Enter`,
            trigger: ".o_searchview_input",
            run: `edit ${text}`,
        },
        {
            content: "The first offer is the look-up",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first:contains('VIN')",
        },
        {
            content: "Take it by Enter",
            trigger: ".o_searchview_input",
            run: "press Enter",
        },
        {
            content: `Only what ${text} points at is left`,
            trigger: ".o_list_view:has(.o_data_row:contains('Li Si')):not(:has(.o_data_row:contains('Zhang San')))",
        },
        {
            content: "Take the search away",
            trigger: ".o_searchview_facet:contains('VIN') .o_facet_remove",
            run: "click",
        },
        {
            content: "All are there again",
            trigger: ".o_data_row:contains('Zhang San')",
        },
    ];
}

registry.category("web_tour.tours").add("aftersales_look_up", {
    steps: () => ["湘K20000", "K200", "0000 7777", "7777", "Li S"].flatMap(lookUp),
});
