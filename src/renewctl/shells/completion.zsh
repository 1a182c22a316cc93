#compdef renewctl
# Completion of renewctl for zsh: source <(renewctl completion zsh) in ~/.zshrc, after compinit,
# or save it as _renewctl in a folder of $fpath.
#
# Each line of the answer is a whole word, a tab and what it means. Nothing is evaluated: renewctl
# offers of its store only words of letters, digits and . _ - @ +.

_renewctl() {
    local answer line="${(j: :)words[1,CURRENT-1]} $PREFIX"
    local -a offered shown list
    for answer in "${(@f)$(_RENEWCTL_COMPLETE=lines _RENEWCTL_LINE="$line" "${words[1]/#\~/$HOME}" 2>/dev/null)}"; do
        if [[ $answer == $'\tfile' ]]; then
            [[ $PREFIX == --*=* ]] && compset -P '*='
            _files
            return
        fi
        offered+=("${answer%%$'\t'*}")
        shown+=("${answer/$'\t'/  -- }")
        [[ $answer == *$'\t'* ]] && list=(-l)
    done
    compadd $list -d shown -a offered
}

if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _renewctl "$@"
else
    compdef _renewctl renewctl
fi
