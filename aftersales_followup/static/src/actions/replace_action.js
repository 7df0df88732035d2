import { registry } from "@web/core/registry";

/**
 * Open an action in the place of the one on the screen: after forty calls the way
 * back is still one step to the list, not forty.
 */
registry
    .category("actions")
    .add("aftersales_followup.replace_action", (env, { params }) =>
        env.services.action.doAction(params.action, {
            stackPosition: "replaceCurrentAction",
        })
    );
