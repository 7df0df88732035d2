import { registry } from "@web/core/registry";

const ORDERS = `工单号,进厂时间,出厂时间,客户名称,联系电话,车牌号,品牌,车型,维修项目,金额,颜色
RO1,2025-06-02 09:00,2025-06-02 17:00,张三,13800138000,湘K12345,别克,君威,更换机油机滤,100,红
RO2,2025-06-03 09:00,2025-06-03 17:00,李四,13900139000,湘K20000,别克,君威,四轮定位,200,白
RO3,2025-06-04 09:00,2025-06-04 17:00,,,湘K30000,别克,君威,四轮定位,200,白
`;

function upload() {
    const input = document.querySelector(".o_field_widget[name=data_file] input[type=file]");
    const transfer = new DataTransfer();
    transfer.items.add(new File([ORDERS], "orders.csv", { type: "text/csv" }));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("aftersales_import_dms", {
    url: "/odoo/aftersales-import",
    steps: () => [
        {
            content: "Choose the file",
            trigger: ".o_field_widget[name=data_file]",
            run: upload,
        },
        {
            content: "Check it",
            trigger: "button[name=action_preview]:contains(Check the File)",
            run: "click",
        },
        {
            content: "The preview counts the orders",
            trigger: ".o_field_widget[name=ready_count]:contains(2)",
        },
        {
            content: "It shows what is wrong",
            trigger:
                ".o_field_widget[name=rejected_order_ids] .o_data_row:contains(no customer)",
        },
        {
            content: "Look at the columns",
            trigger: ".o_notebook .nav-link:contains(Columns)",
            run: "click",
        },
        {
            content: "One was not understood",
            trigger: ".o_field_widget[name=header_ids] .o_data_row:contains(颜色)",
        },
        {
            content: "Import",
            trigger: ".o_aftersales_batch_progress button:contains(Import)",
            run: "click",
        },
        {
            content: "All good orders came in, batch after batch",
            trigger: ".o_field_widget[name=imported_count]:contains(2)",
        },
        {
            content: "The import is over",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Imported)",
        },
    ],
});
