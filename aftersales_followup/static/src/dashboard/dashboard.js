import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, markRaw, onWillStart, useState } from "@odoo/owl";
import { DashboardChart, getChartColor } from "./dashboard_chart";

const COLORS = { met: "text-success", near: "text-warning", missed: "text-danger" };

/**
 * The supervisor's first screen. All it shows is counted and written on the server, in
 * one call; what is clicked is opened by what the server gave with it.
 */
export class Dashboard extends Component {
    static template = "aftersales_followup.Dashboard";
    static components = { DashboardChart, Dropdown, DropdownItem, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ data: {} });
        this.display = { controlPanel: { layoutActions: true } };
        onWillStart(() => this.load(this.remembered));
    }

    get data() {
        return this.state.data;
    }

    // What was chosen is remembered; a month until the next one begins.

    get key() {
        return `aftersales_dashboard.${user.userId}`;
    }

    get remembered() {
        const { month, running, companyId } = JSON.parse(
            browser.localStorage.getItem(this.key) || "{}"
        );
        const isOwn = user.allowedCompanies.some((company) => company.id === companyId);
        return {
            month: running === luxon.DateTime.now().toFormat("yyyy-MM") ? month : false,
            companyId: isOwn ? companyId : false,
        };
    }

    async load({ month, companyId }) {
        const data = await this.keepLast.add(
            this.orm.call("aftersales.dashboard", "get_data", [month, companyId])
        );
        this.state.data = markRaw(data);
    }

    async choose({ month = this.data.month, companyId = this.data.company.id }) {
        await this.load({ month, companyId });
        browser.localStorage.setItem(
            this.key,
            JSON.stringify({
                month: this.data.month,
                running: luxon.DateTime.now().toFormat("yyyy-MM"),
                companyId: this.data.company.id,
            })
        );
    }

    async open(opens) {
        if (!opens) {
            return;
        }
        const action = await this.orm.call("aftersales.dashboard", "open_records", [
            opens,
            this.data.month,
            this.data.company.id,
        ]);
        return this.action.doAction(action);
    }

    getColor(verdict) {
        return COLORS[verdict] || "";
    }

    getSliceColor(index) {
        return getChartColor(index);
    }

    /** A line's months, as a chart takes them. */
    getPoints({ labels, values, texts }) {
        return labels.map((name, n) => ({ name, value: values[n], text: texts[n] }));
    }
}

registry.category("actions").add("aftersales_dashboard", Dashboard);
