import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";

/**
 * Draws ratios: they do not add up, so none stands on another; and where there is
 * nothing to divide by there is a gap, not a nought.
 */
class ReportGraphModel extends graphView.Model {
    /** @override */
    _buildMetaData(params) {
        const metaData = super._buildMetaData(params);
        if (this.isRatio(metaData)) {
            metaData.stacked = false;
        }
        return metaData;
    }

    /** @override */
    async _loadDataPoints(metaData) {
        const [dataPoints, currencies] = await super._loadDataPoints(metaData);
        for (const dataPoint of dataPoints) {
            if (dataPoint.value === false) {
                dataPoint.value = null;
            }
        }
        return [dataPoints, currencies];
    }

    /** @override */
    _getData(...args) {
        const data = super._getData(...args);
        if (this.isRatio(this.metaData) && data.labels.length > 1) {
            for (const dataset of data.datasets) {
                // What has no domain is no group of records.
                dataset.data = dataset.data.map((value, index) =>
                    dataset.domains[index].length ? value : null
                );
            }
        }
        return data;
    }

    isRatio({ fields, measure }) {
        return fields[measure]?.aggregator === "avg";
    }
}

registry.category("views").add("aftersales_report_graph", {
    ...graphView,
    Model: ReportGraphModel,
});
