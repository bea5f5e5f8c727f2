/** Colours that colour-blind eyes tell apart (Okabe and Ito, https://jfly.uni-koeln.de/color/), fit for light and dark. */
export const colours = {
  blue: '#0072B2',
  orange: '#E69F00',
  green: '#009E73',
  purple: '#CC79A7',
  sky: '#56B4E9',
  vermilion: '#D55E00',
  grey: '#8A8A8A',
} as const;

/** The layers' own colours; nothing but a layer wears them. */
export const layerColours = { bronze: '#B0703C', silver: '#8D99A6', gold: '#C9A227', star: '#7F6BC4' } as const;

/** Colours of a candle that closes above and below its opening price. */
export const directionColours = { up: colours.green, down: colours.vermilion } as const;

const ink = 'currentColor';

/**
 * The look of every chart, as a vega-lite v5 config. The ground is transparent and text takes the colour of the text around
 * the chart, so that it follows JupyterLab's theme, also when that is switched; what has a colour here reads on both.
 */
export const chartConfig = {
  background: 'transparent',
  padding: 8,
  font: 'system-ui, -apple-system, "Segoe UI", "Helvetica Neue", sans-serif',
  view: {
    stroke: null,
    continuousWidth: 500, // with axes it fits a page of 1024 pixels
    continuousHeight: 300,
    discreteWidth: { step: 36 },
    discreteHeight: { step: 26 },
  },
  title: {
    color: ink,
    subtitleColor: ink,
    anchor: 'start',
    fontSize: 17,
    fontWeight: 600,
    subtitleFontSize: 13,
    subtitlePadding: 5,
    offset: 14,
  },
  axis: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 13,
    titleFontSize: 13,
    titleFontWeight: 500,
    titlePadding: 10,
    labelPadding: 6,
    gridColor: colours.grey,
    gridOpacity: 0.22,
    domainColor: colours.grey,
    tickColor: colours.grey,
    labelOverlap: 'greedy',
    labelSeparation: 8,
  },
  axisX: { grid: false, tickCount: 8 },
  axisY: { domain: false, ticks: false, tickCount: 6 },
  legend: {
    orient: 'top',
    columns: 6,
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 13,
    titleFontSize: 13,
    titleFontWeight: 500,
    symbolStrokeWidth: 3,
    symbolSize: 120,
  },
  header: { labelColor: ink, titleColor: ink, labelFontSize: 13, titleFontSize: 13 },
  text: { fontSize: 13, color: ink },
  line: { strokeWidth: 2.2, strokeJoin: 'round' },
  point: { size: 55, filled: true },
  bar: { cornerRadiusEnd: 2 },
  mark: { color: colours.blue },
  range: {
    category: [
      colours.blue,
      colours.orange,
      colours.green,
      colours.purple,
      colours.sky,
      colours.vermilion,
      colours.grey,
      '#882255', // with the next two from Tol's muted scheme, for the eighth to tenth line
      '#44AA99',
      '#999933',
    ],
    ramp: { scheme: 'viridis' },
    heatmap: { scheme: 'viridis' },
    diverging: { scheme: 'blueorange' },
  },
} as const;
