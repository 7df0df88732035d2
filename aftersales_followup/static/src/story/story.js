import {
    deserializeDate,
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

const PAGE = 20;

/**
 * Tells a customer's story at a glance: the next contact and what is promised, and
 * below it the visits, calls and letters, the latest first. A click opens each.
 */
export class Story extends Component {
    static props = standardWidgetProps;
    static template = "aftersales_followup.Story";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ head: [], events: [], more: false });
        this.limit = PAGE;
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps(({ record }) => {
            // Another customer, or the same one read anew after a button.
            if (record !== this.props.record) {
                if (record.resId !== this.resId) {
                    this.limit = PAGE;
                }
                return this.load(record);
            }
        });
    }

    async load({ resId }) {
        this.resId = resId;
        const story = resId
            ? await this.orm.call("res.partner", "aftersales_get_story", [
                  [resId],
                  this.limit,
              ])
            : { head: [], events: [], more: false };
        if (resId === this.resId) {
            Object.assign(this.state, story);
        }
    }

    async showMore() {
        this.limit += PAGE;
        await this.load(this.props.record);
    }

    isTarget(item) {
        return Boolean(item.res_id || item.action);
    }

    async open(item) {
        if (item.action) {
            this.action.doAction(
                await this.orm.call("res.partner", item.action, [[this.resId]])
            );
        } else if (item.res_id) {
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: item.res_model,
                res_id: item.res_id,
                views: [[false, "form"]],
            });
        }
    }

    /** A day, or a moment in the user's time zone as on the record itself. */
    formatMoment(date) {
        return date.length > 10
            ? toLocaleDateTimeString(deserializeDateTime(date), { showSeconds: false })
            : toLocaleDateString(deserializeDate(date));
    }
}

registry.category("view_widgets").add("aftersales_story", { component: Story });
