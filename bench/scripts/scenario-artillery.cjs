const deadline = Date.now() + Number(process.env.SECONDS) * 1000;

/** Artillery has no closed model: each virtual user repeats until this is over. */
module.exports.timeIsLeft = (_context, next) => next(Date.now() < deadline);
