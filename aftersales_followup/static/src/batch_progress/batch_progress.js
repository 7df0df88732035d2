import { registry } from "@web/core/registry";
import { exprToBoolean } from "@web/core/utils/strings";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onMounted, onWillUnmount, status, useState } from "@odoo/owl";

/**
 * Does long work request by request: imports the orders of a file, plans the calls of
 * a campaign. It can be stopped and continued: every request does a whole batch and
 * returns how much is `done` of the `total`.
 */
export class BatchProgress extends Component {
    static props = {
        ...standardWidgetProps,
        // The method that does one batch.
        method: String,
        label: String,
        // The state in which the record can be worked on.
        state: String,
        // Whether to begin as soon as it is shown.
        autostart: { type: Boolean, optional: true },
    };
    static template = "aftersales_followup.BatchProgress";

    setup() {
        this.orm = useService("orm");
        this.state = useState({ running: false, done: 0, total: 0 });
        onMounted(() => {
            if (this.props.autostart) {
                this.start();
            }
        });
        onWillUnmount(() => (this.state.running = false));
    }

    get percent() {
        const { done, total } = this.state;
        return total ? Math.floor((100 * done) / total) : 0;
    }

    get hasBegun() {
        return this.state.total > 0;
    }

    async start() {
        const { record, method, state } = this.props;
        if (!(await record.save()) || record.data.state !== state) {
            return;
        }
        this.state.running = true;
        try {
            while (this.state.running) {
                const progress = await this.orm.call(record.resModel, method, [
                    [record.resId],
                ]);
                Object.assign(this.state, progress);
                if (progress.done === progress.total) {
                    break;
                }
            }
        } finally {
            this.state.running = false;
            if (status(this) === "mounted") {
                await record.load();
            }
        }
    }

    stop() {
        this.state.running = false;
    }
}

registry.category("view_widgets").add("aftersales_batch_progress", {
    component: BatchProgress,
    extractProps: ({ attrs }) => ({
        method: attrs.method,
        label: attrs.string,
        state: attrs.state,
        autostart: exprToBoolean(attrs.autostart),
    }),
});
