import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

/** The quiet line above My Calls: how far one is today, and how the month goes. */
export class MyFigures extends Component {
    static props = { list: Object };
    static template = "aftersales_followup.MyFigures";

    setup() {
        this.orm = useService("orm");
        this.state = useState({ text: "", details: "" });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    /** Nobody waits for it: the list is what is worked with. */
    load() {
        this.orm
            .silent.call("aftersales.followup", "aftersales_get_my_figures", [])
            .then((line) => Object.assign(this.state, line))
            .catch(() => {});
    }
}

export class MyCallsListRenderer extends ListRenderer {
    static template = "aftersales_followup.MyCallsListRenderer";
    static components = { ...ListRenderer.components, MyFigures };
}

export class MyCallsKanbanRenderer extends KanbanRenderer {
    static template = "aftersales_followup.MyCallsKanbanRenderer";
    static components = { ...KanbanRenderer.components, MyFigures };
}

registry.category("views").add("aftersales_my_calls_list", {
    ...listView,
    Renderer: MyCallsListRenderer,
});
registry.category("views").add("aftersales_my_calls_kanban", {
    ...kanbanView,
    Renderer: MyCallsKanbanRenderer,
});
