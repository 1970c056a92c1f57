import { z } from 'zod';
import { FAULT_KINDS, SCALABLE_WORKLOADS, WORKLOADS } from '../../lib/contracts/replica.ts';

/**
 * What another process may ask of a running local lab, over a socket in its data folder that only its owner
 * can open. One JSON request a connection; answers are lines of JSON, one for a call, many for a stream.
 */
export const controlRequestSchema = z.discriminatedUnion('call', [
  z.strictObject({ call: z.literal('describe') }),
  z.strictObject({ call: z.literal('list') }),
  z.strictObject({ call: z.literal('read-scale'), workload: z.enum(SCALABLE_WORKLOADS) }),
  z.strictObject({ call: z.literal('scale'), workload: z.enum(SCALABLE_WORKLOADS), replicas: z.int() }),
  z.strictObject({
    call: z.literal('inject'),
    kind: z.enum(FAULT_KINDS),
    target: z.string(),
  }),
  z.strictObject({
    call: z.literal('roll'),
    workload: z.enum(WORKLOADS),
    variables: z.record(z.string(), z.string().nullable()).optional(),
  }),
  z.strictObject({
    call: z.literal('read-variables'),
    workload: z.enum(SCALABLE_WORKLOADS),
    names: z.array(z.string()).readonly(),
  }),
  z.strictObject({ call: z.literal('logs'), replica: z.string(), tail: z.int().min(0), follow: z.boolean() }),
  z.strictObject({ call: z.literal('events') }),
  z.strictObject({ call: z.literal('stop') }),
]);

export type ControlRequest = z.infer<typeof controlRequestSchema>;

/** One line of an answer. */
export type ControlLine =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** Name of the socket in a lab's data folder. */
export const CONTROL_SOCKET = 'control.sock';

/** The system's limit for the path of a socket, the shorter of Linux' and macOS'. */
export const LONGEST_SOCKET_PATH = 103;
