import { evaluate } from './command.ts';

process.exitCode = evaluate(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
