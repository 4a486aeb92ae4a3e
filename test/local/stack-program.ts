// Runs a stack in a process of its own, so that a test can end it in any way it likes.
import { startCore } from '../../infra/local/core.ts';

const core = await startCore({ assembly: process.argv[2], warm: 2 });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void core.close().then(() => process.exit(0)));
}
const pids = [...core.functions.values()].flatMap((lambda) => lambda.pids());
process.send?.({ url: core.url, endpoints: Object.values(core.endpoints), pids });
