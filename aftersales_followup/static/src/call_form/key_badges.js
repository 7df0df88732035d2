import { registry } from "@web/core/registry";
import { hasTouch } from "@web/core/browser/feature_detection";
import {
    badgeSelectionField,
    BadgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";

import { onMounted, useRef } from "@odoo/owl";

// So soon a second digit belongs to the first.
const SAME_NUMBER = 700; // milliseconds

/**
 * Badges that are chosen by a digit: the first by 1, or each by the number it stands
 * for. One Tab goes past all of them; arrows go from one to the next.
 */
export class KeyBadges extends BadgeSelectionField {
    static template = "aftersales_followup.KeyBadges";
    static props = {
        ...BadgeSelectionField.props,
        // Each badge is a number; else the badges are numbered.
        byValue: { type: Boolean, optional: true },
        // Whether the cursor stands here when a record is opened to go on with it.
        focused: { type: Boolean, optional: true },
    };

    setup() {
        super.setup();
        this.badges = useRef("badges");
        this.typed = { text: "", at: 0 };
        onMounted(() => {
            const { record, focused } = this.props;
            if (focused && !record.isNew && !hasTouch()) {
                this.badges.el?.focus();
            }
        });
    }

    onKeydown(ev) {
        if (ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        const options = this.options;
        const place = options.findIndex(([value]) => value === this.value);
        let chosen;
        if (/^[0-9]$/.test(ev.key)) {
            chosen = this.findTyped(ev.key, ev.timeStamp);
        } else if (ev.key === "ArrowRight" || ev.key === "ArrowDown") {
            chosen = options[Math.min(place + 1, options.length - 1)];
        } else if (ev.key === "ArrowLeft" || ev.key === "ArrowUp") {
            chosen = options[Math.max(place - 1, 0)];
        } else {
            return;
        }
        ev.preventDefault();
        if (chosen && chosen[0] !== this.value) {
            this.onChange(chosen[0]);
        }
    }

    /** Return the option that the digits typed so far stand for. */
    findTyped(digit, at) {
        if (!this.props.byValue) {
            return this.options[Number(digit) - 1];
        }
        const find = (text) => this.options.find(([value]) => String(value) === text);
        const goesOn = at - this.typed.at < SAME_NUMBER;
        const both = goesOn && find(this.typed.text + digit);
        this.typed = { text: digit, at };
        return both || find(digit);
    }
}

export const keyBadges = {
    ...badgeSelectionField,
    component: KeyBadges,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...badgeSelectionField.extractProps(fieldInfo, dynamicInfo),
        byValue: Boolean(fieldInfo.options.by_value),
        focused: Boolean(fieldInfo.options.focused),
    }),
};

registry.category("fields").add("aftersales_key_badges", keyBadges);
