/** One graph or number: what it is called, its unit in Grafana's words, and PromQL with the legend of each line. */
interface Panel {
  title: string;
  unit: string;
  kind?: 'stat';
  /** Of the 24 columns of the page. */
  width: number;
  lines: [expression: string, legend: string][];
  /** Shown behind the title. */
  description?: string;
}

const OF_CHOSEN = '{instance=~"$instance"}';
const RATE = '[$__rate_interval]';

const rate = (metric: string, labels = '') =>
  `rate(${metric}${labels === '' ? OF_CHOSEN : `{instance=~"$instance",${labels}}`}${RATE})`;
const quantile = (share: number, histogram: string, by: string) =>
  `histogram_quantile(${share}, sum by (le, ${by}) (${rate(`${histogram}_bucket`)}))`;

const failed = rate('pixmill_images_total', 'outcome="failed"');

const ROWS: [title: string, panels: Panel[]][] = [
  [
    'Is it healthy?',
    [
      {
        title: 'Database and storage answer',
        unit: 'bool_yes_no',
        kind: 'stat',
        width: 5,
        lines: [['min by (part) (pixmill_reachable)', '{{part}}']],
      },
      {
        title: 'Oldest waiting job',
        unit: 's',
        kind: 'stat',
        width: 5,
        lines: [['max by (kind) (pixmill_job_oldest_seconds)', '{{kind}}']],
      },
      {
        title: 'Images that fail',
        unit: 'percentunit',
        kind: 'stat',
        width: 3,
        lines: [[`sum(${failed}) / sum(${rate('pixmill_images_total')})`, 'failed']],
      },
      {
        title: 'Free disk',
        unit: 'percentunit',
        kind: 'stat',
        width: 3,
        lines: [['min(pixmill_disk_free_bytes / pixmill_disk_size_bytes)', 'free']],
      },
      {
        title: 'Event loop delay, p99',
        unit: 's',
        kind: 'stat',
        width: 4,
        lines: [[`max(nodejs_eventloop_lag_p99_seconds${OF_CHOSEN})`, 'worst process']],
      },
      {
        title: 'Processes',
        unit: 'short',
        kind: 'stat',
        width: 4,
        lines: [['count by (role, version) (pixmill_info)', '{{role}} {{version}}']],
      },
    ],
  ],
  [
    'Throughput',
    [
      {
        title: 'Images a second',
        unit: 'short',
        width: 8,
        lines: [
          [`sum(${rate('pixmill_images_accepted_total')})`, 'accepted'],
          [`sum by (outcome) (${rate('pixmill_images_total')})`, '{{outcome}}'],
          [`sum(${rate('pixmill_images_put_off_total')})`, 'put off'],
        ],
      },
      {
        title: 'Bytes of images',
        unit: 'Bps',
        width: 8,
        lines: [[`sum by (direction) (${rate('pixmill_image_bytes_total')})`, '{{direction}}']],
      },
      {
        title: 'Requests',
        unit: 'short',
        width: 8,
        lines: [
          ['max by (status) (pixmill_requests)', '{{status}}'],
          [`sum(${rate('pixmill_requests_accepted_total')}) * 3600`, 'accepted an hour'],
        ],
      },
    ],
  ],
  [
    'Failures',
    [
      {
        title: 'Failed images a second, by code',
        unit: 'short',
        width: 24,
        lines: [[`sum by (code) (${failed})`, '{{code}}']],
        description: 'docs/errors.md says what each code means.',
      },
    ],
  ],
  [
    'Stages',
    [
      {
        title: 'Time in a stage, median',
        unit: 's',
        width: 8,
        lines: [[quantile(0.5, 'pixmill_stage_seconds', 'stage'), '{{stage}}']],
      },
      {
        title: 'Time in a stage, p95',
        unit: 's',
        width: 8,
        lines: [[quantile(0.95, 'pixmill_stage_seconds', 'stage'), '{{stage}}']],
      },
      {
        title: 'Images in a stage',
        unit: 'short',
        width: 8,
        lines: [[`sum by (stage) (pixmill_stage_running${OF_CHOSEN})`, '{{stage}}']],
      },
      {
        title: 'Downloads',
        unit: 'short',
        width: 8,
        lines: [
          [`sum by (host) (pixmill_downloads_running${OF_CHOSEN})`, 'running, host {{host}}'],
          [`sum by (for) (pixmill_downloads_waiting${OF_CHOSEN})`, 'waiting for {{for}}'],
        ],
        description: 'Waiting for host: more PIXMILL_DOWNLOADS_PER_HOST may help. For slot: more PIXMILL_DOWNLOADS.',
      },
      {
        title: 'Hosts in trouble',
        unit: 'short',
        width: 8,
        lines: [[`sum by (state) (pixmill_hosts_troubled${OF_CHOSEN})`, '{{state}}']],
      },
      {
        title: 'Host names asked for',
        unit: 'short',
        width: 8,
        lines: [[`sum by (state) (pixmill_names_asked${OF_CHOSEN})`, '{{state}}']],
        description:
          'Late: no name server has answered yet. Many of them, and also of good hosts: look at the resolver.',
      },
    ],
  ],
  [
    'Queue',
    [
      { title: 'Jobs', unit: 'short', width: 12, lines: [['max by (kind) (pixmill_jobs)', '{{kind}}']] },
      {
        title: 'Age of the oldest waiting job',
        unit: 's',
        width: 12,
        lines: [['max by (kind) (pixmill_job_oldest_seconds)', '{{kind}}']],
      },
    ],
  ],
  [
    'Decoders',
    [
      {
        title: 'Decoders',
        unit: 'short',
        width: 12,
        lines: [
          [`sum by (state) (pixmill_decoders${OF_CHOSEN})`, '{{state}}'],
          [`sum(pixmill_decoder_waiting${OF_CHOSEN})`, 'images that wait'],
        ],
      },
      {
        title: 'Restarts a minute, by reason',
        unit: 'short',
        width: 12,
        lines: [[`sum by (reason) (${rate('pixmill_decoder_restarts_total')}) * 60`, '{{reason}}']],
      },
    ],
  ],
  [
    'Webhooks',
    [
      {
        title: 'Attempts a minute, by result',
        unit: 'short',
        width: 12,
        lines: [[`sum by (result) (${rate('pixmill_webhook_attempts_total')}) * 60`, '{{result}}']],
      },
      {
        title: 'Time of an attempt, p95',
        unit: 's',
        width: 12,
        lines: [[`histogram_quantile(0.95, sum by (le) (${rate('pixmill_webhook_seconds_bucket')}))`, 'p95']],
      },
    ],
  ],
  [
    'HTTP',
    [
      {
        title: 'Calls a second, by status',
        unit: 'reqps',
        width: 8,
        lines: [[`sum by (status) (${rate('pixmill_http_seconds_count')})`, '{{status}}']],
      },
      {
        title: 'Calls a second, by route',
        unit: 'reqps',
        width: 8,
        lines: [[`sum by (method, route) (${rate('pixmill_http_seconds_count')})`, '{{method}} {{route}}']],
      },
      {
        title: 'Time to answer, p95, by route',
        unit: 's',
        width: 8,
        lines: [[quantile(0.95, 'pixmill_http_seconds', 'route'), '{{route}}']],
      },
    ],
  ],
  [
    'Disk and process',
    [
      {
        title: 'Disk',
        unit: 'bytes',
        width: 8,
        lines: [
          ['max(pixmill_stored_bytes)', 'images kept'],
          ['min(pixmill_disk_free_bytes)', 'free'],
          ['max(pixmill_disk_size_bytes)', 'size'],
        ],
      },
      {
        title: 'Memory',
        unit: 'bytes',
        width: 8,
        lines: [[`process_resident_memory_bytes${OF_CHOSEN}`, '{{instance}}']],
        description: 'Without the decoders, which are processes of their own.',
      },
      {
        title: 'CPU',
        unit: 'percentunit',
        width: 8,
        lines: [[rate('process_cpu_seconds_total'), '{{instance}}']],
      },
    ],
  ],
];

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };
const HEIGHTS = { stat: 4, timeseries: 8 };

/** docs/grafana-dashboard.json: to be imported into Grafana 11 or later. */
export function grafanaDashboard(): string {
  let y = 0;
  let id = 0;
  const panels: object[] = [];
  for (const [title, row] of ROWS) {
    panels.push({ id: ++id, type: 'row', title, collapsed: false, gridPos: { x: 0, y: y++, w: 24, h: 1 }, panels: [] });
    let x = 0;
    let height = 0;
    for (const { kind, width, title, unit, lines, description } of row) {
      const type = kind ?? 'timeseries';
      if (x + width > 24) {
        x = 0;
        y += height;
      }
      height = HEIGHTS[type];
      panels.push({
        id: ++id,
        type,
        title,
        ...(description !== undefined && { description }),
        datasource: DATASOURCE,
        gridPos: { x, y, w: width, h: height },
        fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
        options: type === 'stat' ? { textMode: 'value_and_name' } : { tooltip: { mode: 'multi', sort: 'desc' } },
        targets: lines.map(([expr, legendFormat], index) => ({
          refId: String.fromCharCode(65 + index),
          datasource: DATASOURCE,
          expr,
          legendFormat,
        })),
      });
      x += width;
    }
    y += height;
  }
  const dashboard = {
    uid: 'pixmill',
    title: 'Pixmill',
    tags: ['pixmill'],
    schemaVersion: 39,
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
        {
          name: 'instance',
          label: 'Process',
          type: 'query',
          datasource: DATASOURCE,
          query: { query: 'label_values(pixmill_info, instance)', refId: 'instance' },
          refresh: 2,
          includeAll: true,
          allValue: '.*',
          multi: true,
        },
      ],
    },
    panels,
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
