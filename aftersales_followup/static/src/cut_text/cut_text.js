import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/** A long note on one line of a list; all of it shows where the mouse rests. */
export class CutText extends Component {
    static template = "aftersales_followup.CutText";
    static props = { ...standardFieldProps };

    get text() {
        return this.props.record.data[this.props.name] || "";
    }
}

registry.category("fields").add("aftersales_cut_text", {
    component: CutText,
    supportedTypes: ["text", "char"],
});
