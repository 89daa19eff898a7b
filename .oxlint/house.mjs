/** Rules of this house that no library has. */
const accessorsInClasses = {
  meta: {
    docs: { description: 'No accessors in object literals: see "Accessors belong into classes" in src/README.md' },
  },
  create: (context) => ({
    'ObjectExpression > Property[kind!="init"]'(node) {
      const message = 'Accessors belong into classes: those of a literal outlive their object (src/README.md).'
      context.report({ node, message })
    },
  }),
}

export default { meta: { name: 'house' }, rules: { 'accessors-in-classes': accessorsInClasses } }
