import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cost } from './command.ts';
import { deployedAs } from './deployed.ts';
import { measure } from './measure/measure.ts';
import { MEASURED_FILE, readMeasured } from './measured.ts';

const complain = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

process.exitCode = await cost(process.argv.slice(2), {
  print: (text) => console.log(text),
  complain,
  readMeasured,
  deployedAs,
  measure: async (options) => {
    const measured = await measure({ ...options, say: complain });
    writeFileSync(MEASURED_FILE, `${JSON.stringify(measured, null, 2)}\n`);
    return fileURLToPath(MEASURED_FILE);
  },
});
