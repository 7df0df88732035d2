import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/**
 * How many customers would move from which level to which: a row for each level so
 * far, a column for each to come. A number opens those who move.
 */
export class LevelMatrix extends Component {
    static props = { ...standardFieldProps };
    static template = "aftersales_followup.LevelMatrix";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get matrix() {
        return this.props.record.data[this.props.name] || { levels: [], rows: [] };
    }

    /** Of the customers of a row and column, those who stay are only counted. */
    isMove(row, column) {
        return row !== column && this.matrix.rows[row][column] > 0;
    }

    async open(row, column) {
        const { levels } = this.matrix;
        this.action.doAction(
            await this.orm.call(this.props.record.resModel, "action_open_moves", [
                [this.props.record.resId],
                levels[row].id,
                levels[column].id,
            ])
        );
    }
}

registry.category("fields").add("aftersales_level_matrix", {
    component: LevelMatrix,
    supportedTypes: ["json"],
});
