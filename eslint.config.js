import eslint from '@eslint/js'
import { defineConfig } from 'eslint/config'
import regexp from 'eslint-plugin-regexp'
import tseslint from 'typescript-eslint'

const ambient = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock.' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Take a Clock.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Use crypto.' },
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Read settings in src/main.',
  },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
]

export default defineConfig(
  {
    ignores: [
      'dist/',
      'coverage/',
      'demo/',
      'node_modules/',
      '*.cjs',
      'eslint.config.js',
      'test/vectors/',
      'src/**/assembly/',
    ],
  },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/strict-boolean-expressions': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/require-await': 'off', // an async generator, or a method of an async port, need not wait
      'no-console': 'error',
    },
  },
  {
    files: ['src/**'],
    // The page's own main: nobody hands a clock to a page.
    ignores: ['src/main/**', 'src/opener/page/main.ts', 'src/opener/worker/worker.ts', 'src/**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ambient] },
  },
  {
    files: ['src/**'],
    ignores: ['src/**/*.test.ts'],
    plugins: { regexp },
    // A text from outside that takes a pattern hours: judged from the pattern, whatever is known of the texts.
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  { files: ['src/main/**', 'src/cli/**', 'bench/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
)
