import { readFileSync, writeFileSync } from 'node:fs';
import { fireAll } from './fire.ts';
import { rehearse } from './rehearse.ts';
import { synthesizeStages } from './stages.ts';
import { alarmTable, withTable } from './table.ts';

const RUNBOOK = new URL('../../RUNBOOK.md', import.meta.url);

/** `npm run alarms`: produces every fault and prints which alarm it sets off when; `--write` puts that into RUNBOOK.md. */
async function main(args: readonly string[]): Promise<void> {
  const unknown = args.filter((arg) => arg !== '--write');
  if (unknown.length > 0) throw new Error(`${unknown.join(' ')} is not known; there is only --write`);
  const { assembly, stages, remove } = synthesizeStages();
  try {
    const { sample, produced } = await rehearse(assembly);
    for (const { fault, failure } of produced) {
      if (failure !== undefined) throw new Error(`'${fault.what}' could not be produced`, { cause: failure });
    }
    const table = alarmTable(
      stages,
      stages.flatMap((stage) => fireAll(produced, stage, sample)),
    );
    if (args.includes('--write')) writeFileSync(RUNBOOK, withTable(readFileSync(RUNBOOK, 'utf8'), table));
    else console.log(table);
  } finally {
    remove();
  }
}

await main(process.argv.slice(2));
