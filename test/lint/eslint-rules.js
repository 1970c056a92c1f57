/*
 * Rules of this project's own: what CONTRIBUTING.md promises and no plugin holds.
 */
import path from 'node:path';

const isDocumented = (sourceCode, node) => {
  const comment = sourceCode.getCommentsBefore(node).at(-1);
  return comment !== undefined && comment.type === 'Block' && comment.value.startsWith('*');
};

/** A type that says nothing of its own: it follows from a schema or a list, which has the sentence. */
const isDerived = ({ type, typeAnnotation }, sourceCode) =>
  type === 'TSTypeAliasDeclaration' &&
  /^(?:z\.infer<|ValuesOf<|\(typeof |typeof |Extract<)/.test(sourceCode.getText(typeAnnotation));

/** An entry of a registry whose own text goes into the docs. */
const isDescribedWithin = ({ declarations }) =>
  declarations?.[0]?.init?.properties?.some(({ key }) => key?.name === 'docs' || key?.name === 'passes') ?? false;

const sentenceOnExport = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { missing: 'An export of this room has a sentence: what is {{name}} for?' },
  },
  create: ({ sourceCode, report }) => ({
    ExportNamedDeclaration(node) {
      const { declaration } = node;
      if (!declaration || isDocumented(sourceCode, node)) return;
      if (isDerived(declaration, sourceCode) || isDescribedWithin(declaration)) return;
      const name = (declaration.id ?? declaration.declarations?.[0]?.id)?.name ?? 'it';
      report({ node: declaration, messageId: 'missing', data: { name } });
    },
  }),
};

const defaultOfOptional = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { missing: 'What is it without {{name}}? An optional property says @default.' },
  },
  create: ({ sourceCode, report }) => ({
    'ExportNamedDeclaration > TSInterfaceDeclaration > TSInterfaceBody > TSPropertySignature[optional=true]'(node) {
      const comment = sourceCode.getCommentsBefore(node).at(-1);
      if (comment?.value.includes('@default')) return;
      report({ node, messageId: 'missing', data: { name: sourceCode.getText(node.key) } });
    },
  }),
};

const fileName = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      case: 'A file is named in kebab-case after its main export, or after the subject of several.',
      empty: 'The name {{name}} says nothing of what is in it.',
    },
  },
  create: ({ filename, report }) => ({
    Program(node) {
      const name = path.basename(filename);
      if (!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.(?:ts|tsx|js)$/.test(name)) report({ node, messageId: 'case' });
      if (/(?:^|[/-])(?:utils?|helpers?|common|misc)(?:[/.-]|$)/.test(filename.slice(filename.lastIndexOf('/') + 1))) {
        report({ node, messageId: 'empty', data: { name } });
      }
    },
  }),
};

/** The plugin, for eslint.config.js. */
export const projectRules = {
  rules: { 'sentence-on-export': sentenceOnExport, 'default-of-optional': defaultOfOptional, 'file-name': fileName },
};
