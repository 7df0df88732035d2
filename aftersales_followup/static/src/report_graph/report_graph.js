import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";

/** Where there is nothing to divide by, there is no ratio: a gap, not a nought. */
class ReportGraphModel extends graphView.Model {
    async _loadDataPoints(metaData) {
        const [dataPoints, currencies] = await super._loadDataPoints(metaData);
        for (const dataPoint of dataPoints) {
            if (dataPoint.value === false) {
                dataPoint.value = null;
            }
        }
        return [dataPoints, currencies];
    }
}

registry.category("views").add("aftersales_report_graph", {
    ...graphView,
    Model: ReportGraphModel,
});
