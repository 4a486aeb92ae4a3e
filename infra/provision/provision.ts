import { provision } from './command.ts';

process.exitCode = await provision(process.argv.slice(2), process.env, (text) => console.log(text));
