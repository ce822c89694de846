// Node 20 lacks Promise.withResolvers, which yamux and ping call. Imported before everything else.
Promise.withResolvers ??= function () {
  const made = {}
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }))
  return made
}
