import { _t } from "@web/core/l10n/translation";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

import { useEffect } from "@odoo/owl";

const MY_CALLS = "aftersales_followup.aftersales_followup_action_today";
// What the customer asks for, in the order of the links below the notes.
const CASE_HOTKEYS = ["alt+y", "alt+w", "alt+t"];

/** The one screen of a call: by hand or by keys alone, and never lost. */
export class CallFormController extends FormController {
    setup() {
        super.setup();
        CASE_HOTKEYS.forEach((hotkey, place) =>
            useHotkey(hotkey, () => this.getCaseLinks()[place]?.click(), {
                bypassEditableProtection: true,
                isAvailable: () => this.getCaseLinks().length > place,
            })
        );
        // The call that came in and was kept here by itself.
        this.keptId = null;
        useEffect(
            (caller, isNew) => {
                if (caller && isNew) {
                    this.keepInbound();
                }
            },
            () => {
                const { data, isNew } = this.model.root;
                return [data.partner_id?.id || data.phone || data.caller_name, isNew];
            }
        );
    }

    /** Keep a call that comes in once it says who calls: a reload loses nothing. */
    async keepInbound() {
        const { root } = this.model;
        if (root.data.direction !== "inbound" || !(await root.save())) {
            return;
        }
        this.keptId = root.resId;
        // He is found: the hand goes on to the outcome.
        const find = (selector) => this.rootRef.el?.querySelector(selector);
        const { activeElement } = document;
        if (
            activeElement === document.body ||
            find("[name=partner_id]")?.contains(activeElement)
        ) {
            find("[name=outcome_id] [role=radiogroup]")?.focus();
        }
    }

    getCaseLinks() {
        return this.rootRef.el.querySelectorAll(
            ".o_field_widget[name=case_ids] .o_field_x2many_list_row_add a"
        );
    }

    /** Drafts are kept half done; what was said is asked for when they are registered. */
    async beforeExecuteActionButton(clickParams) {
        const { root } = this.model;
        if (clickParams.name?.startsWith("action_register")) {
            const { data } = root;
            const reached = data.effect === "complete";
            if (data.state === "draft" && reached && !data.content?.trim()) {
                await root.setInvalidField("content");
                this.env.services.notification.add(
                    _t("Write down what was said before you register the call."),
                    { type: "danger" }
                );
                this.rootRef.el.querySelector("[name=content] textarea")?.focus();
                return false;
            }
        }
        return super.beforeExecuteActionButton(clickParams);
    }

    /** Take back a call begun here, and go to where one came from, or to My Calls. */
    async discard() {
        const { root } = this.model;
        if (this.env.inDialog || !(root.isNew || root.resId === this.keptId)) {
            return super.discard();
        }
        await root.discard();
        if (!root.isNew) {
            await this.orm.unlink(root.resModel, [root.resId]);
        }
        if (this.env.config.breadcrumbs.length > 1) {
            return this.env.config.historyBack();
        }
        return this.actionService.doAction(MY_CALLS, { clearBreadcrumbs: true });
    }
}

registry.category("views").add("aftersales_call_form", {
    ...formView,
    Controller: CallFormController,
});
