import { afterAll } from 'vitest';
import { flush } from './trail.ts';

// A worker may be ended without notice once its files are done.
afterAll(flush);
