import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useEffect, xml } from "@odoo/owl";

/** Makes the form of a colleague's record read-only, before anything is typed there. */
export class MayChange extends Component {
    static template = xml`<t/>`;
    static props = { ...standardFieldProps };

    setup() {
        this.isClosed = false;
        useEffect(
            (_resId, mayChange) => {
                if (this.isClosed === mayChange) {
                    this.isClosed = !mayChange;
                    this.props.record.switchMode(mayChange ? "edit" : "readonly");
                }
            },
            () => [this.props.record.resId, this.props.record.data[this.props.name]]
        );
    }
}

registry.category("fields").add("aftersales_may_change", {
    component: MayChange,
    supportedTypes: ["boolean"],
});
