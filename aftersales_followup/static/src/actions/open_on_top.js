import { registry } from "@web/core/registry";

/** Open an action on top of the screen, though a menu brought it: discard goes back. */
registry
    .category("actions")
    .add("aftersales_followup.open_on_top", (env, { params }) =>
        env.services.action.doAction(params.action)
    );
