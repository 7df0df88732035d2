import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";

import { Component } from "@odoo/owl";

const FORMS = {
    "res.partner": "aftersales_followup.res_partner_view_form_new",
    "fleet.vehicle": "aftersales_followup.fleet_vehicle_view_form_new",
};
const PATIENCE = 3000; // milliseconds until a form counts as not shown
const CURSOR = "input:not([type=checkbox]), textarea, [contenteditable], .o_field_x2many_list_row_add a";

/**
 * What the archive of a visit holds: a tick, or a link that puts the cursor where it is
 * missing: on the visit itself, or on its customer or car in a dialog.
 */
export class ArchiveChecklist extends Component {
    static props = standardFieldProps;
    static template = "aftersales_followup.ArchiveChecklist";

    setup() {
        this.dialog = useService("dialog");
    }

    get items() {
        return this.props.record.data[this.props.name] || [];
    }

    async fillIn(item) {
        const { record } = this.props;
        if (item.model === record.resModel) {
            return this.putCursor(document.querySelector(".o_form_view"), item.field);
        }
        if (!item.id || !(await record.save())) {
            return;
        }
        this.dialog.add(FormViewDialog, {
            resModel: item.model,
            resId: item.id,
            title: item.label,
            context: { form_view_ref: FORMS[item.model] },
            onRecordSaved: () => record.load(),
        });
        await this.putCursor(null, item.field);
    }

    /** Put the cursor into a field of the form, or of the dialog that is opening. */
    async putCursor(form, field) {
        const page = form && this.findPage(form, field);
        page?.click();
        const begin = Date.now();
        while (Date.now() - begin < PATIENCE) {
            const place = form || document.querySelector(".modal .o_form_view");
            const target = place?.querySelector(`.o_field_widget[name=${field}]`);
            const cursor = target?.matches(CURSOR) ? target : target?.querySelector(CURSOR);
            if (cursor) {
                cursor.scrollIntoView({ block: "center" });
                return cursor.matches("a") ? cursor.click() : cursor.focus();
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    /** Return the tab of the notebook behind which the field is, if it is not in view. */
    findPage(form, field) {
        if (form.querySelector(`.o_field_widget[name=${field}]`)) {
            return null;
        }
        const page = field === "line_ids" ? "lines" : "archive";
        return form.querySelector(`.o_notebook .nav-link[name=${page}]`);
    }
}

registry.category("fields").add("aftersales_archive_checklist", {
    component: ArchiveChecklist,
    supportedTypes: ["json"],
});
