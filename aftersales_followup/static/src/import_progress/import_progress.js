import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onWillUnmount, status, useState } from "@odoo/owl";

/**
 * Imports the orders of a file request by request, so that no file is too long for
 * one. It can be stopped and continued: every request imports whole orders.
 */
export class ImportProgress extends Component {
    static props = standardWidgetProps;
    static template = "aftersales_followup.ImportProgress";

    setup() {
        this.orm = useService("orm");
        this.state = useState({ running: false, done: 0, total: 0 });
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
        const { record } = this.props;
        if (!(await record.save()) || record.data.state !== "ready") {
            return;
        }
        this.state.running = true;
        try {
            while (this.state.running) {
                const progress = await this.orm.call(
                    record.resModel,
                    "import_batch",
                    [[record.resId]]
                );
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

registry.category("view_widgets").add("aftersales_import_progress", {
    component: ImportProgress,
});
