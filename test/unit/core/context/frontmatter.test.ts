import { describe, expect, test } from 'vitest';
import { isTrue, listField, parseFrontmatter, textField } from '../../../../src/core/context/frontmatter.ts';

describe('the head of a Markdown file', () => {
  test('is YAML, and the text is what stands below it', async () => {
    const { fields, body } = await parseFrontmatter(
      '---\r\ndescription: "Review: all"\nmodel: opus\n---\r\nText\n---\nmore',
    );
    expect(fields).toEqual({ description: 'Review: all', model: 'opus' });
    expect(body).toBe('Text\n---\nmore');
  });

  test('may be empty, or missing, and then all is text', async () => {
    expect(await parseFrontmatter('---\n---\nText')).toEqual({ fields: {}, body: 'Text' });
    expect(await parseFrontmatter('Text\n---\na: b\n---\n')).toEqual({
      fields: {},
      body: 'Text\n---\na: b\n---\n',
    });
    expect(await parseFrontmatter('---\nnever closed')).toEqual({ fields: {}, body: '---\nnever closed' });
  });

  test('that is no YAML is read line by line', async () => {
    const { fields } = await parseFrontmatter('---\npaths: **/*.ts\ndescription: Use when: always\n---\n');
    expect(fields).toEqual({ paths: '**/*.ts', description: 'Use when: always' });
  });

  test('gives texts, lists and truth values, however they are written', async () => {
    const { fields } = await parseFrontmatter(
      '---\nargument-hint: [file]\nallowed-tools: Bash(git add:*, -p), Read\npaths:\n  - "src/**/*.{ts,tsx}"\n  - lib/**\nhidden: "true"\nnumber: 3\nempty:\n---\n',
    );
    expect(textField(fields, 'argument-hint')).toBe('[file]');
    expect(textField(fields, 'number')).toBe('3');
    expect(textField(fields, 'empty')).toBeUndefined();
    expect(textField(fields, 'constructor')).toBeUndefined();
    expect(listField(fields, 'allowed-tools')).toEqual(['Bash(git add:*, -p)', 'Read']);
    expect(listField(fields, 'paths')).toEqual(['src/**/*.{ts,tsx}', 'lib/**']);
    expect(listField({ paths: 'a/*.{js,ts}, b' }, 'paths')).toEqual(['a/*.{js,ts}', 'b']);
    expect(listField(fields, 'missing')).toBeUndefined();
    expect(isTrue(fields, 'hidden')).toBe(true);
    expect(isTrue(fields, 'number')).toBe(false);
  });
});
