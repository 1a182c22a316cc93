# Completion of renewctl for bash: eval "$(renewctl completion bash)" in ~/.bashrc,
# or save it as ~/.local/share/bash-completion/completions/renewctl.
#
# Each line of the answer is a whole word, a tab and what it means. Nothing is evaluated: renewctl
# offers of its store only words of letters, digits and . _ - @ +.

_renewctl() {
    local line="${COMP_LINE:0:COMP_POINT}" answer word
    word="${line##*[[:space:]]}"
    word="${word%"$2"}" # bash takes what is behind = @ or : for a word of its own
    COMPREPLY=()
    while IFS= read -r answer; do
        if [[ $answer == $'\tfile' ]]; then
            compopt -o default
        else
            answer="${answer%%$'\t'*}"
            COMPREPLY+=("${answer#"$word"}")
        fi
    done < <(_RENEWCTL_COMPLETE=lines _RENEWCTL_LINE="$line" "${1/#\~/$HOME}" 2>/dev/null)
}
complete -F _renewctl renewctl
