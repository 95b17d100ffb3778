/** A phrase of this repository's old prose that makes readers stop, and its ordinary form. */
export interface Idiom {
  /** A space in it matches any white space, so that it also matches across line ends. */
  readonly pattern: RegExp;
  /** The ordinary form. */
  readonly plain: string;
  /** A text that the pattern matches. */
  readonly example: string;
  /** Ordinary uses of the same words, which the pattern must not match. */
  readonly fine?: readonly string[];
}

export const idioms: readonly Idiom[] = [
  {
    pattern: /(?<!there )\b(?:is|are|was|were) none\b(?! of)/i,
    plain: 'is malformed, is not valid, does not exist',
    example: 'The cell sent a display that is none.',
    fine: ['If there is none, the call fails.', 'These are none of its files.'],
  },
  {
    pattern:
      /(?<!there )\bis no (?:\w+ )?(?:file|folder|number|URL|JSON|HTTP|text|path|link|backend|object|identifier|regular|verdict|credit|request|address)\b/i,
    plain: 'is not a …',
    example: 'The path is no file.',
    fine: ['There is no file.', 'It is not a file.'],
  },
  {
    pattern: /\bwhere (?:that|there|no|none|nobody|nothing|neither|one|somebody) (?!to\b)/i,
    plain: 'if …, without …, if there is no …',
    example: 'An isolate is used where there is no Docker.',
    fine: ['Give the path where the file is.'],
  },
  {
    pattern: /[,;] where (?:it|they|this|these|he|a|an) (?:is|are|was|has|have|can|cannot|does|fails|needs|wants)\b/i,
    plain: 'if …, when …',
    example: 'It waits, where it is slow, for the sink.',
    fine: ['The folder where it is stored.'],
  },
  {
    pattern: /\bwhere (?:it|they) (?:has|have|can|cannot|could|does|do|fails?|needs?|wants?)\b/i,
    plain: 'if …, when …',
    example: 'The engine makes the package where it can.',
    fine: ['The folder where it is stored.'],
  },
  {
    pattern: /(?:@(?:throws|returns) [^.]{0,80}?|`[^`\n]*` )where\b/,
    plain: 'if …',
    example: '@throws {Error} where the module does not load.',
  },
  {
    pattern: /\b(?:even|save|except) where\b/i,
    plain: 'even if, except if',
    example: 'It is refused, even where it is allowed.',
  },
  {
    pattern: /\bfor so long\b/i,
    plain: 'during that time, as long as …',
    example: 'The host lies above it for so long.',
  },
  { pattern: /\b(?:has|have) it all\b/i, plain: 'has the details', example: 'The page has it all.' },
  {
    pattern: /\bwhoever\b/i,
    plain: 'anyone who, a caller that, the code that',
    example: 'Whoever uses the socket is root.',
  },
  {
    pattern: /\bbears? (?:it |them |that )?out\b/i,
    plain: 'matches, supports',
    example: 'A type counts as far as the data bears it out.',
  },
  {
    pattern: /(?:^|[.;:!] )What (?:is|was|are|were|has|had|comes|came|goes|went)\b(?![^.]*\?)/,
    plain: 'a noun as the subject: "Files that are left over …"',
    example: 'Sound. What is left is removed.',
    fine: ['What is a cell?'],
  },
  {
    pattern: /(?:^|[.;:!] )Who [a-z]+\b(?![^.]*\?)/,
    plain: 'anyone who, callers that',
    example: 'Who runs the code of strangers should ask for it.',
    fine: ['Who parses the request?'],
  },
  {
    pattern: /\b(?:is|are|was|were|be|been) told\b/i,
    plain: 'gets, receives, is reported',
    example: 'The guest is told the reason.',
  },
  { pattern: /\bsigns? of life\b/i, plain: 'heartbeat, liveness check', example: 'It asks for a sign of life.' },
  { pattern: /[,;] save (?:that|what|in|where|for|by|when)\b/i, plain: 'except', example: 'Lost, save in a session.' },
  {
    pattern: /\b(?:nothing|all|none|no [a-z]+|the same|everything|refused) but for\b/i,
    plain: 'except for',
    example: 'It is the same but for the name.',
  },
  {
    pattern: /\b(?:the|from|its|their) begin\b(?! with)|\bbegins of\b/i,
    plain: 'the start of',
    example: 'It could be the begin of a secret.',
    fine: ['The rules begin with a letter.'],
  },
  {
    pattern: /\bthan (?:it|they) may\b|\bthat (?:it|they) may\b(?=[.,;:])|\bas may be\b/i,
    plain: 'than the limit, than allowed',
    example: 'The connection lasted longer than it may.',
    fine: ['Pick the name that it may have.'],
  },
  {
    pattern: /\b(?:as|while|before) (?:it|they) comes?\b/i,
    plain: 'as it arrives',
    example: 'stdin is read as it comes.',
  },
  {
    pattern: /\ban? (?:[a-z-]+ )?[a-z-]+ of (?:its|their|our|one's) own\b/i,
    plain: 'its own …, a separate …',
    example: 'Each call has a process of its own.',
    fine: ['Each call has its own process.'],
  },
  { pattern: /\bof ours\b/i, plain: "hotcell's", example: 'It runs a job of ours first.' },
  { pattern: /\b(?:made|built|written|begun|make|build) anew\b/i, plain: 'again', example: 'The image is built anew.' },
  { pattern: /\bunasked\b/i, plain: 'automatically', example: 'No call builds it unasked.' },
  { pattern: /\btakes? no notice\b/i, plain: 'ignores', example: 'A guest that takes no notice is killed.' },
  {
    pattern: /\b(?:comes?|came|read) to (?:its|their) end\b/i,
    plain: 'ends, finishes, is complete',
    example: 'A file that did not come to its end is removed.',
  },
  { pattern: /\bare? to be had\b|\bcould be had\b/i, plain: 'is available', example: 'It was all that could be had.' },
  { pattern: /\b(?:is|are|was|were) at work\b/i, plain: 'is running, is busy', example: 'The tool is at work.' },
  {
    pattern: /\bsome \d/i,
    plain: 'about',
    example: 'It gives some 20 a second.',
  },
  {
    pattern: /\bso many\b(?! [a-z]+ that)/i,
    plain: 'that many, the number of …',
    example: 'It took so many bytes.',
    fine: ['There are so many files that it fails.'],
  },
  {
    pattern: /\b(?:costs?|loses?|lose) (?:the cell|the channel|it|a cell) its life\b/i,
    plain: 'destroys the cell',
    example: 'A violation costs the cell its life.',
  },
  {
    pattern: /\b(?:stands?|stood) still\b/i,
    plain: 'is paused, is idle',
    example: 'Between calls the guest stands still.',
  },
  {
    pattern: /\b(?:nobody|none|nothing) (?:but|save) (?:the|a|an|its)\b/i,
    plain: 'only',
    example: 'Nobody but the engine holds it.',
  },
];

/** Section numbers change; names and links do not. */
export const sectionNumber: RegExp =
  /\b(?:design|specification|threat model|\w+\.md|README)\W{0,4}(?:of \w+ )?\bsections? \d/i;
