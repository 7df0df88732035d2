import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

const VERDICTS = { met: "#008818", near: "#9a6b01", missed: "#d23f3a" };

/** The color of a bar, line or slice, as Odoo's own charts have it. */
export function getChartColor(index) {
    return getColor(index, cookie.get("color_scheme"), "odoo");
}

/**
 * A line of months, bars (with the line of a Pareto), or a pie. It draws the numbers it
 * is given; a click anywhere in the row of a bar, on a slice or a line, is told by its
 * place.
 */
export class DashboardChart extends Component {
    static template = "aftersales_followup.DashboardChart";
    static props = {
        kind: String,
        name: String,
        points: Array, // {name, value, text, share, share_text}
        verdict: { type: [String, Boolean], optional: true },
        onSelect: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.chart = new Chart(this.canvas.el, this.getConfig());
                return () => this.chart.destroy();
            },
            () => [this.props.points]
        );
    }

    getConfig() {
        const config = { line: "getLine", pareto: "getBars", bar: "getBars", pie: "getPie" };
        return this[config[this.props.kind]]();
    }

    getOptions(label, more = {}) {
        return {
            maintainAspectRatio: false,
            animation: false,
            ...more,
            plugins: {
                legend: { display: false },
                tooltip: {
                    intersect: false,
                    displayColors: false,
                    callbacks: { label },
                },
            },
        };
    }

    getLine() {
        const { points, verdict } = this.props;
        const color = VERDICTS[verdict] || getChartColor(0);
        // What changes is to be seen, however little of the whole it is.
        const values = points.map((point) => point.value).filter((value) => value !== null);
        const [least, most] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 0];
        const room = (most - least || Math.abs(most) || 1) / 4;
        return {
            type: "line",
            data: {
                labels: points.map((point) => point.name),
                datasets: [
                    {
                        data: points.map((point) => point.value),
                        borderColor: color,
                        backgroundColor: hexToRGBA(color, 0.15),
                        fill: "start",
                        borderWidth: 1.5,
                        // Of a dealership that has just begun, there is one month.
                        pointRadius: points.map((_point, n) => (n === points.length - 1 ? 2.5 : 1)),
                        tension: 0.2,
                    },
                ],
            },
            options: this.getOptions(({ dataIndex }) => points[dataIndex].text, {
                interaction: { mode: "index", intersect: false },
                layout: { padding: 3 },
                scales: {
                    x: { display: false },
                    y: { display: false, min: least - room, max: most + room },
                },
            }),
        };
    }

    getBars() {
        const { kind, points } = this.props;
        const ink = getCustomColor(cookie.get("color_scheme"), "#374151", "#E4E4E4");
        const datasets = [
            {
                data: points.map((point) => point.value),
                backgroundColor: getChartColor(kind === "pareto" ? 1 : 0),
                maxBarThickness: 18,
                order: 2,
            },
        ];
        const scales = {
            x: { display: false, beginAtZero: true },
            y: {
                grid: { display: false },
                border: { display: false },
                ticks: { color: ink, autoSkip: false },
            },
        };
        if (kind === "pareto") {
            datasets.push({
                type: "line",
                data: points.map((point) => point.share),
                xAxisID: "share",
                borderColor: getChartColor(0),
                backgroundColor: getChartColor(0),
                borderWidth: 1.5,
                pointRadius: 2,
                order: 1,
            });
            scales.share = { display: false, axis: "x", min: 0, max: 104 };
        }
        // Few complaints have short numbers; long ones stand behind their bars.
        const isLong = kind === "bar";
        const longest = Math.max(...points.map((point) => point.text.length));
        return {
            type: "bar",
            data: {
                labels: points.map((point) =>
                    isLong ? shorten(point.name) : `${shorten(point.name)}  ${point.text}`
                ),
                datasets,
            },
            plugins: isLong ? [getNumbers(points, ink)] : [],
            options: this.getOptions(
                ({ dataIndex, datasetIndex }) =>
                    datasetIndex ? points[dataIndex].share_text : points[dataIndex].text,
                {
                    indexAxis: "y",
                    scales,
                    interaction: { mode: "index", axis: "y" },
                    layout: { padding: { right: isLong ? 8 * longest : 0 } },
                }
            ),
        };
    }

    getPie() {
        const { points } = this.props;
        return {
            type: "doughnut",
            data: {
                labels: points.map((point) => point.name),
                datasets: [
                    {
                        data: points.map((point) => point.value),
                        backgroundColor: points.map((_point, n) => getChartColor(n)),
                        borderWidth: 1,
                    },
                ],
            },
            options: this.getOptions(
                ({ dataIndex }) => `${points[dataIndex].text} (${points[dataIndex].share_text})`,
                { cutout: "50%" }
            ),
        };
    }

    /** The name of a bar is as good as the bar: the whole row is a way to it. */
    select(ev) {
        const { kind, onSelect, points } = this.props;
        let index = 0;
        if (kind === "pie") {
            const mode = { intersect: true };
            index = this.chart.getElementsAtEventForMode(ev, "nearest", mode, false)[0]?.index;
        } else if (kind !== "line") {
            index = this.chart.scales.y.getValueForPixel(ev.offsetY);
        }
        if (points[index]) {
            onSelect(index);
        }
    }
}

/** Writes what bars stand for behind them. */
function getNumbers(points, color) {
    return {
        id: "numbers",
        afterDatasetsDraw(chart) {
            const { ctx } = chart;
            const { family, size } = Chart.defaults.font;
            ctx.save();
            ctx.fillStyle = color;
            ctx.font = `${size}px ${family}`;
            ctx.textAlign = "left";
            ctx.textBaseline = "middle";
            chart
                .getDatasetMeta(0)
                .data.forEach((bar, n) => ctx.fillText(points[n].text, bar.x + 4, bar.y));
            ctx.restore();
        },
    };
}

function shorten(name) {
    return name.length > 18 ? `${name.slice(0, 17)}…` : name;
}
