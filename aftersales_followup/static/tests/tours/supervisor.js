import { registry } from "@web/core/registry";

const click = (content, trigger) => ({ content, trigger, run: "click" });
const look = (content, trigger) => ({ content, trigger });
const edit = (content, trigger, text) => ({ content, trigger, run: `edit ${text}` });
const write = (content, trigger, text) => ({ content, trigger, run: `editor ${text}` });

/** A supervisor sums a month up: counts, writes, submits and files it. */
registry.category("web_tour.tours").add("aftersales_summarize", {
    steps: () => [
        click("Sum a month up", ".o_list_button_add"),
        look("The month before is proposed", ".o_field_widget[name=date_from]"),
        edit("Say who was there", ".o_field_widget[name=attendance] textarea", "All of us"),
        click("Save it", ".o_form_button_save"),
        look(
            "Its figures are counted",
            ".o_field_widget[name=line_ids] .o_data_row:contains('Intake')"
        ),
        click("Open what intake counts", ".o_data_row:contains('Intake') button:contains('Records')"),
        look("The visits are there", ".o_list_view .o_data_row"),
        click("Go back", ".breadcrumb-item a:contains('Summary of')"),
        look("The summary is back", ".o_field_widget[name=line_ids] .o_data_row"),
        click("Go to the results", ".o_notebook a[name=results]"),
        write("Write them", ".o_field_widget[name=results] .odoo-editor-editable", "A good month"),
        click("Go to the problems", ".o_notebook a[name=problems]"),
        write("Write them", ".o_field_widget[name=problems] .odoo-editor-editable", "Too few cars"),
        click("Go to the plan", ".o_notebook a[name=next_plan]"),
        write("Write it", ".o_field_widget[name=next_plan] .odoo-editor-editable", "Call more"),
        click("Submit it", "button[name=action_submit]"),
        look("It is submitted", ".o_arrow_button_current:contains('Submitted')"),
        click("File it", "button[name=action_file]"),
        click("Yes", ".modal-footer .btn-primary"),
        look("It is filed", ".o_arrow_button_current:contains('Filed')"),
        look("Nobody writes in it", ".o_field_widget[name=attendance].o_readonly_modifier"),
    ],
});

/** A supervisor sets the year's targets by one click and changes one. */
registry.category("web_tour.tours").add("aftersales_set_targets", {
    steps: () => [
        click("Take what is proposed", "button[name=action_take_proposed]"),
        look("Intake has its target", ".o_data_row:contains('Intake'):contains('7,800')"),
        click("Change it", ".o_data_row:contains('Intake'):contains('7,800') td[name=target]"),
        edit("To another number", ".o_selected_row [name=target] input", "9600"),
        click("Save it", ".o_list_button_save"),
        look("Its months follow", ".o_data_row:contains('9,600'):contains('800')"),
    ],
});

/** A supervisor asks for the month's contact plan. */
registry.category("web_tour.tours").add("aftersales_plan_contacts", {
    steps: () => [
        look("The plan is chosen", ".o_field_widget[name=register]"),
        look("And the month", ".o_field_widget[name=month]"),
        click("Have it as a workbook", "button[name=action_export_xlsx]"),
        look("The dialog is still there", ".o_field_widget[name=register]"),
    ],
});
