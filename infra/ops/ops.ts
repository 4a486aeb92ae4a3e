import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { drawTable } from '../local/text-table.ts';
import { type Behind, listAttention } from './attention.ts';
import { listQuarantine, readQuarantined } from './quarantine.ts';

const HELP = `npm run ops -- <command> [--stage dev] [--json]

  status            how many bookings lag, are parked, are quarantined
  lagging           bookings that a destination has not reached yet
  parked            bookings that a destination refused for good, why, and what to do
  quarantine        webhooks that no booking could be made of
  quarantine <id>   the body of one of them, as it came (it may hold personal data)

It reads the tables of the stage with your AWS credentials; on this machine, "npm start" prints the line to use.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stage: { type: 'string', default: 'dev' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [command, id] = positionals;
const client = new DynamoDBClient({ maxAttempts: 3 });
const bookings = `harborlight-${values.stage}-bookings`;
const operations = `harborlight-${values.stage}-operations`;

function show(rows: readonly object[], columns: readonly string[], none: string): void {
  if (values.json || rows.length === 0) {
    console.log(values.json ? JSON.stringify(rows, null, 2) : none);
    return;
  }
  const cells = rows.map((row) => {
    const fields: Readonly<Record<string, unknown>> = { ...row };
    return columns.map((column) => String(fields[column] ?? ''));
  });
  console.log(
    drawTable(
      columns.map((heading) => ({ heading, width: 44 })),
      cells,
    ),
  );
}

const behindColumns: readonly (keyof Behind)[] = ['uuid', 'company', 'sink', 'version', 'holds', 'since'];

async function run(): Promise<number> {
  switch (values.help ? 'help' : command) {
    case 'status': {
      const [lagging, parked, quarantined] = await Promise.all([
        listAttention(client, bookings, 'lagging'),
        listAttention(client, bookings, 'parked'),
        listQuarantine(client, operations),
      ]);
      const oldest = lagging[0]?.since ?? '';
      const rows = [
        { what: 'lagging', count: lagging.length, oldest },
        { what: 'parked', count: parked.length, oldest: parked[0]?.since ?? '' },
        { what: 'quarantine', count: quarantined.length, oldest: quarantined[0]?.receivedAt ?? '' },
      ];
      show(rows, ['what', 'count', 'oldest'], '');
      return 0;
    }
    case 'lagging':
      show(await listAttention(client, bookings, 'lagging'), behindColumns, 'Every booking is in every destination.');
      return 0;
    case 'parked':
      show(
        await listAttention(client, bookings, 'parked'),
        ['uuid', 'company', 'sink', 'since', 'reason', 'remedy'],
        'Nothing is parked.',
      );
      return 0;
    case 'quarantine': {
      if (id === undefined) {
        show(
          await listQuarantine(client, operations),
          ['id', 'reason', 'company', 'uuid', 'bytes'],
          'Nothing is quarantined.',
        );
        return 0;
      }
      const body = await readQuarantined(client, operations, id);
      if (body === undefined) {
        console.error(`There is no quarantined webhook ${id}: "npm run ops -- quarantine" lists them.`);
        return 1;
      }
      process.stdout.write(body);
      return 0;
    }
    case 'help':
      console.log(HELP);
      return 0;
    default:
      console.error(HELP);
      return 2;
  }
}

try {
  process.exitCode = await run();
} catch (error) {
  const reason = error instanceof Error ? error.name : 'unknown error';
  console.error(
    `The tables of stage "${values.stage}" could not be read (${reason}). Are your AWS credentials and region set, and is the stage deployed?`,
  );
  process.exitCode = 1;
}
