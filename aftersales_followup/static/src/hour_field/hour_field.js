import { registry } from "@web/core/registry";
import { formatFloatTime } from "@web/views/fields/formatters";
import { useInputField } from "@web/views/fields/input_field_hook";
import { InvalidNumberError, parseFloatTime } from "@web/views/fields/parsers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/** An hour of the day that may be left open: empty where it is 0, and not 00:00. */
export class HourField extends Component {
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };
    static template = "aftersales_followup.HourField";

    setup() {
        useInputField({
            getValue: () => this.formattedValue,
            parse: (text) => this.parse(text),
            refName: "hour",
        });
    }

    get formattedValue() {
        const hour = this.props.record.data[this.props.name];
        return hour ? formatFloatTime(hour) : "";
    }

    parse(text) {
        const hour = text.trim() ? parseFloatTime(text.trim().replace("：", ":")) : 0;
        if (Number.isNaN(hour)) {
            throw new InvalidNumberError(`"${text}" is not an hour`);
        }
        return hour;
    }
}

registry.category("fields").add("aftersales_hour", {
    component: HourField,
    supportedTypes: ["float"],
    isEmpty: (record, name) => !record.data[name],
    extractProps: ({ placeholder }) => ({ placeholder }),
});
