import { z } from 'zod';
import type { ErrorCode } from '../errors/app-error.ts';
import type { EventSink } from './event-stream.ts';
import type { MemoryLease } from './memory-budget.ts';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** An answer that is not a problem: JSON by a schema, text of a media type, or nothing but the status. */
export type ResponseSpec =
  | { readonly description: string; readonly schema: z.ZodType }
  | { readonly description: string; readonly mediaType: string }
  | { readonly description: string };

/** Which problems a route may answer beside the ones every route may, each with what it means there. */
type ProblemNotes = Readonly<Partial<Record<ErrorCode, string>>>;

/** What stands for an undeclared part. */
export const NO_FIELDS = z.object({});

type Fields = z.ZodObject;
type NoFields = typeof NO_FIELDS;
type NoBody = z.ZodUndefined;

/** A validated request as handlers get it. */
interface RouteRequest<P extends Fields, Q extends Fields, H extends Fields, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  /** The declared headers only, names in lower case. */
  readonly headers: z.output<H>;
  readonly body: z.output<B>;
  /** Aborts when the client goes away before its answer was complete. */
  readonly signal: AbortSignal;
  /** What the request holds of the process's memory, until it is answered: to be asked before much is read for it. */
  readonly memory: MemoryLease;
}

type Responses = Readonly<Record<number, ResponseSpec>>;

type BodyOf<R extends ResponseSpec> = R extends { readonly schema: infer S extends z.ZodType }
  ? { readonly body: DeepReadonly<z.input<S>> }
  : R extends { readonly mediaType: string }
    ? { readonly body: string }
    : { readonly body?: undefined };

/** Handlers may answer with what they must not change. */
type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** What a handler returns: one of the declared statuses with its body. */
export type RouteResponse<R extends Responses> = {
  readonly [S in keyof R & number]: {
    readonly status: S;
    readonly headers?: Readonly<Record<string, string>>;
  } & BodyOf<R[S]>;
}[keyof R & number];

interface CommonSpec<P extends Fields, Q extends Fields, H extends Fields> {
  /** As Express writes it, parameters with a colon: `/load/:id`. */
  readonly path: string;
  readonly summary: string;
  /** Markdown. @default none */
  readonly description?: string;
  /** Groups routes in the documentation. @default none */
  readonly tags?: readonly string[];
  /** One field per parameter of the path. @default none */
  readonly params?: P;
  /** Fields not in it are refused, so are repeated ones. @default none allowed */
  readonly query?: Q;
  /** Names in lower case; other headers are ignored. @default none */
  readonly headers?: H;
  /** @default none beside the ones every route may answer */
  readonly problems?: ProblemNotes;
}

/** A route: how it is called, what it answers, and the function that answers. */
export interface RouteSpec<
  P extends Fields,
  Q extends Fields,
  H extends Fields,
  B extends z.ZodType,
  R extends Responses,
  A extends RouteResponse<R>,
> extends CommonSpec<P, Q, H> {
  readonly method: Method;
  /** Use strict objects, so that unknown fields are refused. @default a body is refused */
  readonly body?: B;
  readonly responses: R;
  /** Problems are thrown as AppErrors. */
  readonly handle: (request: RouteRequest<P, Q, H, B>) => A | Promise<A>;
}

/** A request for an event stream. */
export interface StreamRequest<P extends Fields, Q extends Fields, H extends Fields> extends Omit<
  RouteRequest<P, Q, H, NoBody>,
  'body'
> {
  /** The id of the last event a reconnecting client has seen. */
  readonly lastEventId: string | undefined;
}

/** A GET that answers with server-sent events until the client, the server or the route ends the stream. */
export interface StreamRouteSpec<
  P extends Fields,
  Q extends Fields,
  H extends Fields,
  E extends Readonly<Record<string, z.ZodType>>,
> extends CommonSpec<P, Q, H> {
  /** The events by name, each with the schema of its data. */
  readonly events: E;
  /**
   * Starts to feed the stream and returns; it stays open. What is thrown before the first event is answered
   * as a problem. Feeding must stop when the request's signal aborts, which it does at every kind of end.
   */
  readonly open: (request: StreamRequest<P, Q, H>, stream: EventSink<E>) => void | Promise<void>;
}

/** A declared route as the application keeps it, its types erased. */
export type Route = JsonRoute | StreamRoute;
/** A route that is answered once, with JSON. */
export type JsonRoute = RouteSpec<Fields, Fields, Fields, z.ZodType, Responses, RouteResponse<Responses>> & {
  readonly kind: 'json';
};
/** A route that is answered with server-sent events, for as long as the client stays. */
export type StreamRoute = StreamRouteSpec<Fields, Fields, Fields, Readonly<Record<string, z.ZodType>>> & {
  readonly kind: 'event-stream';
  readonly method: 'get';
};

/** Declares a route. Its types connect the schemas with the handler. */
export function route<
  const R extends Responses,
  const A extends RouteResponse<R>,
  P extends Fields = NoFields,
  Q extends Fields = NoFields,
  H extends Fields = NoFields,
  B extends z.ZodType = NoBody,
>(spec: RouteSpec<P, Q, H, B, R, A>): Route {
  return { ...spec, kind: 'json' } as unknown as JsonRoute;
}

/** Declares a stream of server-sent events. */
export function streamRoute<
  E extends Readonly<Record<string, z.ZodType>>,
  P extends Fields = NoFields,
  Q extends Fields = NoFields,
  H extends Fields = NoFields,
>(spec: StreamRouteSpec<P, Q, H, E>): Route {
  return { ...spec, kind: 'event-stream', method: 'get' } as unknown as StreamRoute;
}
