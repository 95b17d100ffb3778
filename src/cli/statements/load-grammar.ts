import type { Language } from '../../contract/api/request.ts';
import type { Grammar } from './grammar.ts';

/** The grammar of a language. JavaScript's brings its parser with it, so each is loaded when it is needed. */
export async function loadGrammar(language: Language): Promise<Grammar> {
  if (language === 'python') return (await import('./python-grammar.ts')).pythonGrammar;
  if (language === 'bash') return (await import('./bash-grammar.ts')).bashGrammar;
  const { javascriptGrammar, typescriptGrammar } = await import('./javascript-grammar.ts');
  return language === 'javascript' ? javascriptGrammar : typescriptGrammar;
}
