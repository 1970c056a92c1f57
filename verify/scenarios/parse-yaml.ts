import { isAlias, isNode, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { messageOf } from '../../lib/errors/app-error.ts';

/** A text of YAML: what it says, or what is wrong with it. */
export interface ParsedYaml {
  /** Undefined when there are flaws. */
  readonly value: unknown;
  /** Each with its line. */
  readonly flaws: readonly string[];
  /** The line of the value at a path, or of the nearest one around it. */
  findLine(path: readonly (string | number)[]): number;
}

/** Reads YAML that may be anything: what it means in the end is a tree, of a size that its text has. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'error' });
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line;
  const flaws = listErrors(document, lines);
  let value: unknown;
  try {
    if (flaws.length === 0) flaws.push(...listWrongAliases(document, lineOf));
    if (flaws.length === 0) value = document.toJS();
  } catch (error) {
    // Aliases of aliases that would be a thousand times what is written, for one.
    flaws.push(`line 1: ${messageOf(error)}`);
  }
  return {
    value,
    flaws,
    findLine(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const node: unknown = document.getIn(path.slice(0, length), true);
        if (isNode(node)) return lineOf(node);
      }
      return document.contents === null ? 1 : lineOf(document.contents);
    },
  };
}

function listErrors({ errors }: Document.Parsed, lines: LineCounter): string[] {
  const tooDeep = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (tooDeep) return [`line ${String(lines.linePos(tooDeep.pos[0]).line)}: it is nested too deeply`];
  return errors.map(({ message }) => message.split('\n')[0] ?? message);
}

/** An alias must name an anchor before it, and not what it is a part of itself. */
function listWrongAliases(document: Document.Parsed, lineOf: (node: Node) => number): string[] {
  const flaws: string[] = [];
  visit(document, (_key, node, ancestors) => {
    if (!isAlias(node)) return;
    const meant = node.resolve(document);
    const where = `line ${String(lineOf(node))}: the alias *${node.source}`;
    if (meant === undefined) flaws.push(`${where} has no anchor &${node.source} before it`);
    else if (ancestors.includes(meant)) flaws.push(`${where} is a part of what it stands for`);
  });
  return flaws;
}
